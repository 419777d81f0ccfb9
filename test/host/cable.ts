// One cable between two machines, each a network namespace. The test is outside, and calls the code under test directly:
// programs go into the namespace by a small shell script, and what opens a socket is called in there.

import { findProgram, type Programs, searchPath } from "../../src/host/programs.ts";
import { entered } from "../support/entered.ts";
import { createNamespaces, deleteNamespaces, ipBatch, newLabPrefix } from "../support/namespace.ts";

/** A host with eth0, and a neighbour whose eth0 is the other end of its cable. */
export interface Cable extends AsyncDisposable {
  readonly host: string;
  readonly neighbour: string;
  /** Programs that act on the host. */
  readonly programs: Programs;
  /** A directory of this test alone. */
  readonly directory: string;
  /** Calls something that opens sockets, on the host. It must not wait. */
  inside<Result>(open: () => Result): Result;
  /** Runs lines of `ip` on the host, or on the neighbour. */
  ip(...lines: readonly string[]): Promise<void>;
  ipOfNeighbour(...lines: readonly string[]): Promise<void>;
  /** Writes a script that runs a program on the host, with the variables given; gives its path. */
  wrap(program: string, variables?: Readonly<Record<string, string>>): Promise<string>;
}

export async function layCable(): Promise<Cable> {
  const prefix = newLabPrefix();
  const [host, neighbour] = [`${prefix}host`, `${prefix}neighbour`];
  const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
  await createNamespaces([host, neighbour]);
  await ipBatch(host, [
    `link add eth0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns ${neighbour}`,
    "link set eth0 up",
    "address add 192.168.9.160/16 dev eth0",
    "address add fd00:9::160/64 dev eth0",
  ]);
  await ipBatch(neighbour, [
    "link set eth0 up",
    "address add 192.168.9.50/16 dev eth0",
    "address add fd00:9::50/64 dev eth0",
  ]);
  return {
    host,
    neighbour,
    directory,
    programs: { ...await findAll(), ip: await script("ip", `exec ip -n ${host} "$@"`) },
    inside: (open) => entered(host, open),
    ip: (...lines) => ipBatch(host, lines),
    ipOfNeighbour: (...lines) => ipBatch(neighbour, lines),
    wrap: (program, variables = {}) => {
      const set = Object.entries(variables).map(([name, value]) => `${name}=${value} `).join("");
      return script(`wrapped-${crypto.randomUUID()}`, `${set}exec ip netns exec ${host} ${program} "$@"`);
    },
    async [Symbol.asyncDispose]() {
      deleteNamespaces([host, neighbour]);
      await Deno.remove(directory, { recursive: true });
    },
  };

  async function script(name: string, text: string): Promise<string> {
    const path = `${directory}/${name}`;
    await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path;
  }
}

async function findAll(): Promise<Programs> {
  const directories = searchPath(Deno.env.get("PATH"));
  const find = async (name: string) => {
    const found = await findProgram(name, directories);
    if (found === null) throw new Error(`This test needs the program "${name}"`);
    return found;
  };
  return {
    ip: await find("ip"),
    setsid: await find("setsid"),
    sh: await find("sh"),
  };
}
