// Take over the files of Spread and Wackamole, or of keepalived. Prints a configuration, and what became of the rest.

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import type { ValueParser } from "@optique/core/valueparser";
import { path } from "@optique/run/valueparser";
import { type HostFile, type Imported, importKeepalived, importWackamole } from "../config/import/import.ts";
import { type SourceFile, TROUBLES_MAX } from "../config/import/report.ts";
import { counted } from "../daemon/words.ts";
import { type Action, defineCommand } from "./command.ts";
import { exitCode } from "./exit_codes.ts";
import { hiddenOptions } from "./options.ts";
import { readSourceFile } from "./source_file.ts";
import type { Terminal } from "./terminal.ts";

interface HostPath {
  readonly host: string | null;
  readonly path: string;
}

/** FILE, or HOST=FILE for the file of one host. */
const hostPath: ValueParser<"sync", HostPath> = {
  mode: "sync",
  metavar: "[HOST=]FILE",
  placeholder: { host: null, path: "" },
  parse(input) {
    const [, host = null, path = ""] = /^(?:([A-Za-z0-9][A-Za-z0-9._-]*)=)?(.*)$/s.exec(input) ?? [];
    if (path !== "") return { success: true, value: { host, path } };
    return { success: false, error: message`Expected FILE or HOST=FILE, but got ${input}.` };
  },
  format: ({ host, path }) => host === null ? path : `${host}=${path}`,
};

const spreadOption = optional(
  option("--spread", path({ metavar: "FILE", type: "file" }), { description: message`spread.conf.` }),
);

const wackamoleOption = multiple(
  option("--wackamole", hostPath, {
    description: message`wackamole.conf; HOST=FILE once for each host, where the files differ in Prefer.`,
  }),
);

const keepalivedOption = multiple(
  option("--keepalived", hostPath, {
    description: message`keepalived.conf; HOST=FILE once for each host, so that their priorities are known.`,
  }),
);

const hostsOption = optional(
  option("--hosts", path({ metavar: "FILE", type: "file" }), {
    description:
      message`A hosts file, such as /etc/hosts, for hosts whose addresses the other files do not tell.`,
  }),
);

/** molehill import */
export const importCommand = defineCommand(
  {
    name: "import",
    summary: "Take over the files of Spread and Wackamole, or of keepalived.",
    description:
      `Reads the configuration of Spread and Wackamole, or of keepalived, and prints a molehill.toml with comments that \
say where each thing comes from. What has no counterpart is never dropped: it is told with its line, why, and what to do \
instead, at the end of the file and on standard error.

It changes nothing and needs neither root nor a daemon. A FILE may be a pipe, as of <(ssh lb1 cat FILE).`,
    examples: [
      ["molehill import --spread spread.conf --wackamole wackamole.conf > new.toml", ""],
      ["molehill import --spread spread.conf --wackamole web1=1.conf --wackamole web2=2.conf", ""],
      ["molehill import --keepalived lb1=lb1.conf --keepalived lb2=lb2.conf > new.toml", ""],
      ["molehill import --keepalived keepalived.conf --hosts /etc/hosts", ""],
    ],
    exitCodes: [
      [exitCode.ok, "everything was converted or told, and check accepts the file"],
      [
        exitCode.degraded,
        "converted, but check refuses the file until you have filled in what standard error names",
      ],
      [
        exitCode.badConfiguration,
        "a file cannot be read or understood; standard error says where, and nothing is printed",
      ],
    ],
  },
  map(
    object({
      spread: spreadOption,
      wackamole: wackamoleOption,
      keepalived: keepalivedOption,
      hosts: hostsOption,
      ...hiddenOptions,
    }),
    (options): Action => (terminal) => importFiles(options, terminal),
  ),
);

interface ImportOptions {
  readonly spread: string | undefined;
  readonly wackamole: readonly HostPath[];
  readonly keepalived: readonly HostPath[];
  readonly hosts: string | undefined;
}

function importFiles(options: ImportOptions, terminal: Terminal): number {
  const misuse = misuseOf(options);
  if (misuse !== null) {
    terminal.err(`molehill: ${misuse}\n\nSee: molehill import --help\n`);
    return exitCode.usage;
  }
  const problems: string[] = [];
  const read = (path: string): SourceFile => {
    const file = readSourceFile(path);
    if (file.kind === "ok") return { name: path, text: file.text };
    problems.push(file.problem);
    return { name: path, text: "" };
  };
  const readAll = (paths: readonly HostPath[]) =>
    paths.map(({ host, path }): HostFile => ({ host, file: read(path) }));
  const spread = options.spread === undefined ? null : read(options.spread);
  const [wackamole, ...moreWackamole] = readAll(options.wackamole);
  const [keepalived, ...moreKeepalived] = readAll(options.keepalived);
  const hosts = options.hosts === undefined ? null : read(options.hosts);
  if (problems.length > 0) return refuse(problems, terminal);
  if (keepalived !== undefined) {
    return answer(importKeepalived({ keepalived: [keepalived, ...moreKeepalived], hosts }), terminal);
  }
  if (spread === null || wackamole === undefined) return exitCode.usage;
  return answer(importWackamole({ spread, wackamole: [wackamole, ...moreWackamole], hosts }), terminal);
}

function misuseOf({ spread, wackamole, keepalived }: ImportOptions): string | null {
  const old = spread !== undefined || wackamole.length > 0;
  if (old && keepalived.length > 0) return "--keepalived and --spread or --wackamole do not go together.";
  if (!old && keepalived.length === 0) {
    return "Expected --spread FILE and --wackamole FILE, or --keepalived FILE.";
  }
  if (old && spread === undefined) return "--wackamole FILE needs --spread FILE, which knows the hosts.";
  if (old && wackamole.length === 0) {
    return "--spread FILE needs --wackamole FILE, which knows the addresses.";
  }
  const named = [...wackamole, ...keepalived].flatMap(({ host }) => host ?? []);
  const twice = named.find((host, at) => named.indexOf(host) !== at);
  if (twice !== undefined) return `Host "${twice}" is given two files.`;
  if (keepalived.length > 1 && named.length < keepalived.length) {
    return "Several files need --keepalived HOST=FILE each, to tell whose they are.";
  }
  return null;
}

const problemsShownMax = 50;

function refuse(problems: readonly string[], { err }: Terminal): number {
  const more = problems.length - problemsShownMax;
  const all = problems.length < TROUBLES_MAX ? "" : " or more";
  err(problems.slice(0, problemsShownMax).map((problem) => `${problem}\n`).join(""));
  if (more > 0) err(`... and ${more} more\n`);
  err(`Cannot convert: ${counted(problems.length, "problem")}${all}\n`);
  return exitCode.badConfiguration;
}

function answer(imported: Imported, terminal: Terminal): number {
  if (imported.kind === "problem") return refuse(imported.problems, terminal);
  const { text, counts, remarks, open } = imported;
  terminal.out(text);
  const told = [
    `Converted: ${counted(counts.hosts, "host")}, ${counted(counts.vips, "VIP")}`,
    ...(remarks.length === 0 ? ["Everything has its counterpart."] : [
      `${counted(remarks.length, "thing")} without a counterpart, or with another one than you may expect:`,
    ]),
    ...remarks.map((line) => `  ${line}`),
    ...(open.length === 0
      ? []
      : ["To be seen to before check accepts the file:", ...open.map((line) => `  ${line}`)]),
  ];
  terminal.err(`${told.join("\n")}\n`);
  return open.length === 0 ? exitCode.ok : exitCode.degraded;
}
