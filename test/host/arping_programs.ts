// The two programs named arping. Debian does not install both at once, so their packages are unpacked side by side
// into a directory of the test, with the libraries that they need.

import { mustRun, run } from "../support/command.ts";

export interface ArpingPrograms {
  readonly iputils: string;
  readonly habets: string;
  /** Variables that Habets' program needs to find its libraries. */
  readonly habetsVariables: Readonly<Record<string, string>>;
}

const PACKAGES = ["iputils-arping", "arping", "libnet1", "libpcap0.8", "libdbus-1-3"];

/** Downloads and unpacks them into the directory. Throws, with words for people, where that cannot be done. */
export async function unpackArpingPrograms(directory: string): Promise<ArpingPrograms> {
  const download = () => run(["sh", "-c", `cd ${directory} && apt-get -q download ${PACKAGES.join(" ")}`]);
  let downloaded = await download();
  if (downloaded.code !== 0) {
    // A fresh machine has no package lists yet.
    await run(["apt-get", "-q", "update"]);
    downloaded = await download();
  }
  if (downloaded.code !== 0) {
    throw new Error(
      `This test needs the Debian packages ${PACKAGES.join(", ")}: ${downloaded.stderr.trim()}`,
    );
  }
  await mustRun(["sh", "-c", `cd ${directory} && for file in *.deb; do dpkg -x "$file" root; done`]);
  const find = `find ${directory}/root -name 'lib*.so.*' -exec dirname {} + | sort -u`;
  const libraries = (await mustRun(["sh", "-c", find])).trim().replaceAll("\n", ":");
  return {
    iputils: `${directory}/root/usr/bin/arping`,
    habets: `${directory}/root/usr/sbin/arping`,
    habetsVariables: { LD_LIBRARY_PATH: libraries },
  };
}
