// The main job, for a stranger to watch: three hosts that keep three virtual addresses alive, and what a client
// sees while one is stopped, killed, unplugged and cut off. All in network namespaces on this machine:
//
//   deno task demo
//
// The hosts, the client and the watcher are those of the test lab; the daemons are the built executable.

import { createLab, type Lab } from "../test/support/lab.ts";
import { labObstacle } from "../test/support/namespace.ts";
import { builtBinary } from "../test/support/binary.ts";
import { measure, type Seen } from "../test/support/measure.ts";
import { loadsOf } from "../test/support/started_lab.ts";
import { SEED_VIPS } from "../test/support/lab_config.ts";
import { sleep, waitUntil } from "../test/support/wait.ts";
import { type Colour, paint } from "../src/cli/paint.ts";
import { type Cell, renderTable } from "../src/cli/table.ts";
import { processTerminal } from "../src/cli/terminal.ts";
import type { LabHost } from "../test/support/lab_host.ts";

/** The demo cannot run on this machine as it is; EX_NOPERM of sysexits.h. */
const CANNOT_RUN = 77;
const PROBE_EVERY_MS = 5;

const terminal = processTerminal();

interface Step {
  readonly name: string;
  /** For a stranger: what is about to be done, and what to look for. */
  readonly story: string;
  readonly act: (lab: Lab) => Promise<void>;
}

interface Done {
  readonly step: Step;
  readonly seen: Seen;
}

async function demo(): Promise<number> {
  const obstacle = await labObstacle();
  if (obstacle !== null) {
    terminal.err(`${obstacle}\n`);
    return CANNOT_RUN;
  }
  try {
    await tell();
    return 0;
  } catch (error) {
    // Ctrl-C reaches every program of the terminal; what fails because of it is not worth a word.
    await sleep(300);
    terminal.err(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function tell(): Promise<void> {
  say("Building the executable (a few seconds; only when the sources have changed) ...");
  const binary = await builtBinary();
  Deno.addSignalListener("SIGINT", () => say("\nInterrupted: taking everything down."));
  const options = { balanceInterval: "1s", probeEveryMs: PROBE_EVERY_MS, watchEveryMs: 5 };
  await using lab = await createLab({ program: [binary], ...options });
  introduce(lab, binary);

  const done: Done[] = [];
  for (const [i, step] of steps.entries()) {
    heading(`${i + 1} of ${steps.length}  ${step.name}`);
    say(`${step.story}\n`);
    const timeline = startTimeline(lab);
    const seen = await measure(lab, () => step.act(lab)).finally(timeline.end);
    say(`\n   The client: ${sentence(seen)}\n`);
    done.push({ step, seen });
    await sleep(1500);
  }
  summarize(done);
}

function introduce(lab: Lab, binary: string): void {
  heading("The network");
  say(`Three hosts, a client, a watcher and a router, each a network namespace of its own on one switch:

     test00 .9.160    test01 .9.161    test02 .9.162        192.168.0.0/16
          |                |                |
     =====+================+================+=====  switch
          |                |                |
     client .9.50     watcher .9.51    router .8.1

   client   sends an ICMP echo request to every virtual address (VIP) every ${PROBE_EVERY_MS} ms, and remembers
            for how long it got no answer. It has the neighbour cache of any Linux machine.
   watcher  asks the network by ARP who has each VIP, every 5 ms. Two answers would be two holders.

Each step shows, line by line as it changes, which host answers for each VIP; in brackets stands what
"molehill status" says when that is not the same yet.

Each host runs ${binary} with the same file, ${lab.configFile}:
`);
  say(lab.config.trimEnd().replaceAll(/^(?=.)/gm, "   "));
}

const steps: readonly Step[] = [
  {
    name: "Start all three",
    story:
      "All three daemons start at the same moment. They find each other, agree on a view and share the VIPs.",
    act: async (lab) => {
      for (const host of lab.hosts) host.start();
      await lab.settled();
    },
  },
  {
    name: "Stop test01",
    story: "test01 is stopped as an init system stops it (SIGTERM): it hands its VIP over before it leaves.",
    act: async (lab) => {
      await lab.host("test01").stop();
      await lab.settled();
    },
  },
  {
    name: "Start test01 again",
    story: "test01 comes back and gets a fair share.",
    act: (lab) => comeBack(lab, "test01"),
  },
  {
    name: "Kill test00",
    story:
      "The daemon of test00 is killed (SIGKILL) and cannot do anything any more. A VIP left on its host would\n" +
      "be a second holder; its guard, a tiny child, removes it.",
    act: async (lab) => {
      await lab.host("test00").kill();
      await lab.settled();
    },
  },
  {
    name: "Start test00 again",
    story: "test00 comes back and gets a fair share.",
    act: (lab) => comeBack(lab, "test00"),
  },
  {
    name: "Unplug test02",
    story:
      "The cable of test02 is pulled. The others hear nothing of it for 500 ms, then they take its VIP over.",
    act: async (lab) => {
      await lab.host("test02").cutLink();
      await lab.settled();
    },
  },
  {
    name: "Plug test02 in again",
    story: "test02 is back on the network.",
    act: (lab) => mend(lab, "test02"),
  },
  {
    name: "Cut test00 off silently",
    story:
      "The switch stops forwarding to and from test00, which keeps its carrier and cannot see why it is alone.\n" +
      "Both sides now cover all VIPs, each for those who can reach it.",
    act: async (lab) => {
      const alone = lab.host("test00");
      await alone.silenceLink();
      await lab.settled();
      await waitUntil(async () => (await alone.addresses()).length === lab.addresses.length, {
        what: "the host that is alone to hold all VIPs",
      });
    },
  },
  {
    name: "Heal test00",
    story:
      "The switch forwards again: for a moment two hosts hold each VIP. They merge; one is left for each, and\n" +
      "announces itself after the other has let go.",
    act: (lab) => mend(lab, "test00"),
  },
];

async function comeBack(lab: Lab, name: string): Promise<void> {
  lab.host(name).start();
  await evenlyShared(lab);
}

async function mend(lab: Lab, name: string): Promise<void> {
  await lab.host(name).healLink();
  await evenlyShared(lab);
}

async function evenlyShared(lab: Lab): Promise<void> {
  await waitUntil(async () => (await loadsOf(lab)).every((load) => load === 1), {
    what: "every host to hold one VIP",
  });
  await lab.settled();
}

/** Prints a line whenever another host answers for a VIP, or the daemons' own word of it changes. */
function startTimeline(lab: Lab): { end(): Promise<void> } {
  const began = performance.now();
  let last = "";
  let ended = false;
  say(
    inColour(
      rowOf(
        "",
        lab.addresses.map((address, i) => `${SEED_VIPS[i]?.name} ${address.split("/")[0]}`),
      ),
      "faint",
    ),
  );
  // What goes wrong here goes wrong in the step itself, too, and is told there.
  const running = follow().catch(() => undefined);
  return {
    end: async () => {
      ended = true;
      await running;
    },
  };

  async function follow(): Promise<void> {
    while (!ended) {
      const cells = await seeHolders(lab);
      const line = cells.map(({ text }) => text).join("|");
      if (line !== last) say(rowOf(`${((performance.now() - began) / 1000).toFixed(2)} s`, cells));
      last = line;
      await sleep(60);
    }
  }
}

/** A line of the timeline: when, and a cell for each VIP. */
function rowOf(when: string, cells: readonly (Cell | string)[]): string {
  const places = cells.map((cell) => {
    const { text, colour } = typeof cell === "string" ? { text: cell } : cell;
    return (colour === undefined ? text : inColour(text, colour)) + " ".repeat(Math.max(1, 22 - text.length));
  });
  return `   ${inColour(when.padStart(7), "faint")}  ${places.join("")}`.trimEnd();
}

/** One cell for each VIP: who answers for it on the network, and in brackets what status says if not the same. */
async function seeHolders(lab: Lab): Promise<readonly Cell[]> {
  const [answering, status] = await Promise.all([lab.watch.holders(), someStatus(lab)]);
  return answering.map((macs, i): Cell => {
    const names = macs.map((mac) => lab.hosts.find((host) => host.place.mac === mac)?.name ?? mac);
    const seen = names.join(" + ") || "nobody";
    const vip = status?.vips.find((each) => each.addresses[0] === lab.addresses[i]);
    const told = vip === undefined ? seen : vip.holder ?? "nobody";
    if (names.length !== 1) return { text: told === seen ? seen : `${seen} (${told})`, colour: "bad" };
    return told === seen ? { text: seen, colour: "good" } : { text: `${seen} (${told})`, colour: "doubtful" };
  });
}

/** What the first daemon that the client's side of the network can reach says. */
const someStatus = async (lab: Lab) =>
  await lab.hosts.find((host: LabHost) => host.daemon === "running" && host.link === "whole")?.status() ??
    null;

function sentence({ longestGapMs, longestStallMs, sent, lost, twoHoldersMs }: Seen): string {
  const two = twoHoldersMs === 0 ? "never two holders" : `two holders for ${Math.round(twoHoldersMs)} ms`;
  const stall = longestStallMs <= 4 * PROBE_EVERY_MS
    ? ""
    : `\n   (This machine did not let the client itself run for ${milliseconds(longestStallMs)} of it.)`;
  return `longest gap ${milliseconds(longestGapMs)}, ${lost} of ${sent} probes lost, ${two}.${stall}`;
}

function summarize(done: readonly Done[]): void {
  heading("What the client saw");
  const rows = done.map(({ step, seen }, i) => [
    String(i + 1),
    step.name,
    milliseconds(seen.longestGapMs),
    `${seen.lost} of ${seen.sent}`,
    seen.twoHoldersMs === 0 ? "never" : milliseconds(seen.twoHoldersMs),
  ]);
  const heads = ["", "step", "longest gap", "probes lost", "two holders"];
  const lines = renderTable({ heads, rows }, { colours: terminal.colours, rightColumns: [0, 2, 3, 4] });
  say(lines.map((line) => `   ${line}`).join("\n"));
  say(`
   longest gap   the longest time that any one VIP gave the client no answer; a probe is sent every ${PROBE_EVERY_MS} ms,
                 so a few times that is nothing
   two holders   how long two hosts answered for the same VIP at the same time

Everything was taken down again. Measured more closely: deno task bench`);
}

const milliseconds = (ms: number): string =>
  `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString("en")} ms`;

const heading = (text: string): void => say(`\n${inColour(text, "strong")}\n`);
const inColour = (text: string, colour: Colour): string => terminal.colours ? paint(text, colour) : text;

function say(text: string): void {
  terminal.out(`${text}\n`);
}

// Last, for it needs all of the above.
if (import.meta.main) Deno.exit(await demo());
