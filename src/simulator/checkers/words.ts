// Agreed order: no life of a daemon hears a word twice, any two that both hear two words hear them in the same order,
// and all who install a view have heard what was said in it. In the end nothing is left unsaid.

import type { SaidWord } from "../../core/message.ts";
import { type HostName, sameView, type ViewId } from "../../core/vocabulary.ts";
import type { World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

/** One life of a daemon, and the words that it has heard, in order. */
interface Listener {
  readonly host: HostName;
  readonly heard: Map<string, number>;
  /** The views that it has installed. */
  readonly installed: Set<string>;
}

export function words(): Checker {
  const lives = new Map<HostName, Listener>();
  /** By word those who have heard it. */
  const heardBy = new Map<string, Listener[]>();
  const listeners: Listener[] = [];
  /** By view what was said in it. */
  const saidIn = new Map<string, Set<string>>();
  return {
    name: "words",
    watches: ["daemon", "stepped", "milestone"],
    check(occurrence, world) {
      if (occurrence.kind === "daemon" && occurrence.change === "started") lives.delete(occurrence.host);
      if (occurrence.kind === "milestone" && occurrence.milestone === "ended") return unheard(world);
      if (occurrence.kind !== "stepped") return null;
      const { host, effects } = occurrence;
      const said = effects.flatMap((effect) =>
        effect.kind === "note" && effect.note.kind === "said" ? [effect.note.word] : []
      );
      const installed = effects.flatMap((effect) =>
        effect.kind === "note" && effect.note.kind === "viewInstalled" ? [effect.note.view] : []
      ).at(-1);
      const listener = lives.get(host) ?? begin(host);
      if (installed) listener.installed.add(viewText(installed));
      for (const word of said) {
        const key = textOf(word);
        const view = viewText(word.view);
        saidIn.set(view, (saidIn.get(view) ?? new Set()).add(key));
        if (listener.heard.has(key)) return { what: `${host} heard twice: ${key}`, hosts: [host] };
        const violation = disorder(key, listener);
        if (violation !== null) return violation;
        world.saw("word said to the group");
        if (installed && !sameView(word.view, installed)) world.saw("word heard after its view");
      }
      return null;
    },
  };

  function begin(host: HostName): Listener {
    const listener = { host, heard: new Map<string, number>(), installed: new Set<string>() };
    lives.set(host, listener);
    listeners.push(listener);
    return listener;
  }

  /** What somebody has not heard though he had the view, or has not said though the group is at rest. */
  function unheard(world: World): Violation | null {
    for (const { host, heard, installed } of listeners) {
      for (const view of installed) {
        for (const key of saidIn.get(view) ?? []) {
          if (!heard.has(key)) {
            return { what: `${host} had view ${view} and never heard ${key}`, hosts: [host] };
          }
        }
      }
    }
    for (const host of world.hosts) {
      const now = host.status();
      if (now?.phase !== "running" || now.words.asked === now.words.said) continue;
      const { asked, said } = now.words;
      return { what: `${host.name} has still to say ${asked - said} words`, hosts: [host.name] };
    }
    return null;
  }

  /** Takes the word for heard; what it hears later than others heard it before must not be older for them. */
  function disorder(key: string, listener: Listener): Violation | null {
    const others = heardBy.get(key) ?? [];
    heardBy.set(key, [...others, listener]);
    listener.heard.set(key, listener.heard.size);
    for (const other of others) {
      const at = other.heard.get(key) ?? 0;
      for (const before of listener.heard.keys()) {
        if (before === key || (other.heard.get(before) ?? -1) <= at) continue;
        return {
          what: `${listener.host} heard ${before} before ${key}, ${other.host} the other way round`,
          hosts: [listener.host, other.host],
        };
      }
    }
    return null;
  }
}

const viewText = ({ number, coordinator, incarnation }: ViewId): string =>
  `${number}@${coordinator}#${incarnation}`;

const textOf = ({ by, number, matter }: SaidWord): string =>
  `${by.host}#${by.incarnation} ${number} (${matter.kind})`;
