// What molehill.toml is going to say, whichever program it comes from. Both importers make a draft; render_draft.ts
// writes it out.

import type { IpAddress } from "../../core/ip_address.ts";
import type { Remark } from "./report.ts";
import type { Suggestion } from "./suggestions.ts";

export interface Draft {
  /** What the hosts ran until now, as "Spread and Wackamole". */
  readonly from: string;
  readonly files: readonly string[];
  readonly cluster: { readonly name: string; readonly why: string };
  readonly timing: readonly DraftLine[];
  readonly segments: readonly DraftSegment[];
  readonly hosts: readonly DraftHost[];
  readonly vips: readonly DraftVip[];
  readonly notify: readonly DraftLine[];
  readonly targets: readonly DraftTarget[];
  readonly balance: readonly DraftLine[];
  readonly suggestions: readonly Suggestion[];
  readonly remarks: readonly Remark[];
}

/** KEY = VALUE with why it is so. */
export interface DraftLine {
  readonly key: string;
  /** As TOML has it. */
  readonly value: string;
  /** Above the line. */
  readonly why?: string;
  /** Written as a comment: what one might want instead. */
  readonly off?: boolean;
}

export interface DraftSegment {
  readonly name: string;
  readonly mode: "broadcast" | "multicast" | "unicast";
  readonly address: IpAddress | null;
  readonly port: number;
  readonly why: string;
}

export interface DraftHost {
  readonly name: string;
  readonly why?: string;
  /** By segment; null: the files do not tell, and a person has to fill it in. */
  readonly addresses: ReadonlyMap<string, IpAddress | null>;
  /** This host's name for an interface, where it is another than the VIPs have. */
  readonly interfaces: ReadonlyMap<string, string>;
}

export interface DraftVip {
  /** Null: it is called by its first address. */
  readonly name: string | null;
  readonly why?: string;
  readonly addresses: readonly { readonly ip: IpAddress; readonly interface: string }[];
  readonly prefer: readonly string[];
  /** Null: every host. */
  readonly hosts: readonly string[] | null;
}

export interface DraftTarget {
  readonly ip: IpAddress;
  readonly prefix: number;
  readonly interface: string;
  /** Null: the usual. */
  readonly throttle: number | null;
  readonly ping: boolean;
}
