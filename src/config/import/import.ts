// From the files of another program to molehill.toml, or to everything in them that cannot be understood:
//
//   text -> tokens -> what it says -> draft -> text, which the project's own loader then has to accept
//
// Nothing is dropped silently: what has no counterpart is a remark, in the text and in the answer.

import { parseConfiguration } from "../load.ts";
import type { Draft } from "./draft.ts";
import { draftOfKeepalived } from "./from_keepalived.ts";
import { fromSpread } from "./from_spread.ts";
import { fromWackamole, type HostConf } from "./from_wackamole.ts";
import { type HostsFile, noHosts, parseHostsFile } from "./hosts_file.ts";
import { parseKeepalivedConf } from "./keepalived_conf.ts";
import { type KeepalivedFile, topOf } from "./keepalived_hosts.ts";
import { logOf } from "./log_suggestion.ts";
import { asName } from "./names.ts";
import { fillIn, remarkText, renderDraft } from "./render_draft.ts";
import {
  cannot,
  createReport,
  gathered,
  inOrder,
  placeText,
  remark,
  type Report,
  shown,
  type SourceFile,
} from "./report.ts";
import { parseSpreadConf } from "./spread_conf.ts";
import { parseWackamoleConf } from "./wackamole_conf.ts";

/** A file of one host. */
export interface HostFile {
  /** As HOST=FILE says; null: a plain FILE. */
  readonly host: string | null;
  readonly file: SourceFile;
}

export type Imported =
  | {
    readonly kind: "converted";
    /** Of molehill.toml. */
    readonly text: string;
    readonly counts: { readonly hosts: number; readonly vips: number };
    /** What has no counterpart, in the order of the files. */
    readonly remarks: readonly string[];
    /** Why "molehill check" refuses the text until a person has seen to it; empty: it does not. */
    readonly open: readonly string[];
  }
  /** With FILE:LINE:COLUMN, in the order of the files; never empty. */
  | { readonly kind: "problem"; readonly problems: readonly string[] };

/** Takes Spread's and Wackamole's files over. */
export function importWackamole(
  { spread, wackamole, hosts }: {
    readonly spread: SourceFile;
    readonly wackamole: readonly [HostFile, ...HostFile[]];
    readonly hosts: SourceFile | null;
  },
): Imported {
  const report = createReport();
  const hostsFile = hostsOf(hosts, report);
  const parsed = parseSpreadConf(spread, report);
  const part = fromSpread(parsed, { file: spread.name, hosts: hostsFile, report });
  const read = ({ host, file }: HostFile): HostConf => ({
    host: host === null ? null : knownHost(host, part.hosts, { file, report }),
    file: file.name,
    conf: parseWackamoleConf(file, report),
  });
  const [head, ...tail] = wackamole;
  const [first, ...others] = [read(head), ...tail.map(read)] as const;
  const files = [first, ...others];
  tellUnheardHosts(files, part.hosts, report);
  const ownAddresses = part.hosts.flatMap(({ addresses }) =>
    [...addresses.values()].flatMap((ip) => ip?.text ?? [])
  );
  const { mature, ...rest } = fromWackamole([first, ...others], {
    report,
    matureLeast: part.matureLeast,
    ownAddresses: new Set(ownAddresses),
    port: part.segments[0]?.port ?? 4803,
  });
  const draft: Draft = {
    from: "Spread and Wackamole",
    files: [spread.name, ...files.map(({ file }) => file), ...(hosts === null ? [] : [hosts.name])],
    cluster: rest.cluster,
    timing: [...part.timing, mature],
    segments: part.segments,
    hosts: part.hosts.map((host) => ({
      ...host,
      interfaces: rest.interfaces.get(host.name) ?? host.interfaces,
    })),
    vips: rest.vips,
    notify: rest.notify,
    targets: rest.targets,
    balance: rest.balance,
    suggestions: [...logOf(parsed, first.conf, report), ...rest.suggestions],
    remarks: report.remarks,
  };
  return outcomeOf(draft, report);
}

/** Takes keepalived's files over, one of each host, or the one that is at hand. */
export function importKeepalived(
  { keepalived, hosts }: {
    readonly keepalived: readonly [HostFile, ...HostFile[]];
    readonly hosts: SourceFile | null;
  },
): Imported {
  const report = createReport();
  const hostsFile = hostsOf(hosts, report);
  const confs = keepalived.map(({ host, file }) => ({
    host,
    conf: parseKeepalivedConf(file, { configId: host, report }),
  }));
  const draft = draftOfKeepalived(confs, { hosts: hostsFile, report });
  for (const each of confs) tellStrangers(each, report);
  const files = [...keepalived.map(({ file }) => file.name), ...(hosts === null ? [] : [hosts.name])];
  return outcomeOf({ ...draft, files: [...new Set(files)] }, report);
}

/** Problems of a file whose @ lines were left out may come of that: then it is said before all of them. */
function tellStrangers({ host, conf: { file, strangers } }: KeepalivedFile, report: Report): void {
  const [first] = strangers;
  if (first === undefined || report.troubles.length === 0) return;
  const known = host === null ? "whose file this is was not said" : `they are not for ${shown(host)}`;
  cannot(report, topOf(file), {
    action: `choose among the lines for ${strangers.map((id) => shown(`@${id}`)).join(", ")}`,
    fact: `${known}, and what else is told of it may come of that`,
    wanted: `--keepalived HOST=FILE, where HOST is ${strangers.map((id) => shown(id)).join(" or ")}`,
  });
}

const hostsOf = (file: SourceFile | null, report: Report): HostsFile =>
  file === null ? noHosts : parseHostsFile(file, report);

/** The host of the new file that HOST=FILE means. */
function knownHost(
  given: string,
  hosts: readonly { readonly name: string; readonly spreadName: string }[],
  { file, report }: { readonly file: SourceFile; readonly report: Report },
): string {
  const found = hosts.find(({ name, spreadName }) => given === name || given === spreadName);
  if (found !== undefined) return found.name;
  const known = hosts.map(({ name }) => name).join(", ");
  cannot(report, { file: file.name, line: 1, column: 1 }, {
    action: `use the file for host "${given}"`,
    fact: "spread.conf has no such host",
    wanted: `one of ${known}`,
  });
  return asName(given, "host");
}

function tellUnheardHosts(
  files: readonly HostConf[],
  hosts: readonly { readonly name: string }[],
  report: Report,
) {
  const told = new Set(files.flatMap(({ host }) => host ?? []));
  if (told.size === 0) return;
  const unheard = hosts.filter(({ name }) => !told.has(name)).map(({ name }) => name);
  if (unheard.length === 0 || files.some(({ host }) => host === null)) return;
  remark(
    report,
    null,
    unheard.join(", "),
    "no wackamole.conf was given for it: it prefers nothing, as far as is known",
  );
}

function outcomeOf(draft: Draft, report: Report): Imported {
  if (report.troubles.length > 0) {
    const problems = inOrder(report.troubles, draft.files);
    return {
      kind: "problem",
      problems: problems.map(({ place, message }) => `${placeText(place)}: ${message}`),
    };
  }
  const text = renderDraft(draft);
  return {
    kind: "converted",
    text,
    counts: { hosts: draft.hosts.length, vips: draft.vips.length },
    remarks: gathered(inOrder(draft.remarks, draft.files)).map(remarkText),
    open: openOf(text),
  };
}

/** What a person has to see to, by the lines of the new file. */
function openOf(text: string): readonly string[] {
  const lines = text.split("\n");
  const gaps = lines.flatMap((line, index) =>
    !line.startsWith("#") && line.includes(`"${fillIn}"`) ? [index] : []
  );
  if (gaps.length > 0) {
    return gaps.map((index) => {
      const name = lines.slice(0, index + 1).findLast((line) => line.startsWith("name = "))?.slice(
        "name = ".length,
      );
      return `line ${
        index + 1
      }: the files do not tell the address of host ${name}: put it where it says ${fillIn}`;
    });
  }
  const loaded = parseConfiguration({ file: "molehill.toml", text });
  if (loaded.kind === "ok") return [];
  return loaded.problems.map(({ line, message }) => `line ${line}: ${message}`);
}
