// The bounds that check tells are kept by the protocol itself: each story happens at many instants between two
// heartbeats, on a network that takes 1 ms a way, with an `ip` that takes 2 ms. A bound that forgets a message or a
// wait is exceeded here by as much. What takes lost messages or a hanging machine is the simulator's business.

import assert from "node:assert/strict";
import { boundsOf } from "../../src/config/bounds.ts";
import { type GroupChoice, groupOf, SmallGroup, vip } from "../core/small_group.ts";
import { worked } from "./worked.ts";

const symbols = { d: 1, p: 2, b: 2 };
const four = ["a", "b", "c", "d"];

/** Makes it happen; answers when it is over, looked at each half millisecond. */
interface Story {
  readonly choice?: GroupChoice;
  /** False: the story begins with a group that has not started. */
  readonly isSettled?: false;
  readonly happen: (group: SmallGroup, host: string) => () => boolean;
}

const others = (host: string) => four.filter((each) => each !== host);
const quorum: GroupChoice = { hosts: four, partition: "quorum" };
/** Every VIP is on exactly one of these hosts. */
const covers = (group: SmallGroup, hosts: readonly string[]) =>
  groupOf({}).vips.every(({ name }) =>
    hosts.filter((host) => group.hosts.get(host)?.kernel.has(name)).length === 1
  );
const holdsNothing = (group: SmallGroup, host: string) => group.hosts.get(host)?.kernel.size === 0;
const drain = (group: SmallGroup, host: string) =>
  group.tell(host, { kind: "operatorRequested", request: { kind: "drain", reason: "test" } });

function losesTheCoordinator(group: SmallGroup, host: string): () => boolean {
  if (host !== "a") group.cut.add(`${host}>a`).add(`a>${host}`);
  return () => covers(group, others(host)) || host === "a";
}

const stories: Readonly<Record<string, Story>> = {
  "host dies": {
    happen: (group, host) => (group.crash(host), () => covers(group, others(host))),
  },
  "two hosts die within a heartbeat": {
    happen: (group, host) => {
      const [second = ""] = others(host);
      const secondAt = group.now + 99;
      group.crash(host);
      return () => {
        if (group.now < secondAt) return false;
        group.crash(second);
        return covers(group, others(host).filter((each) => each !== second));
      };
    },
  },
  "serve: daemon is killed, its guard lives": {
    happen: (group, host) => {
      group.kill(host, { guardAfter: symbols.p });
      return () => covers(group, others(host));
    },
  },
  'host dies or hangs, takeover = "after-lease"': {
    choice: { vips: groupOf({}).vips.map(({ name }) => vip(name, { takeover: "after-lease" })) },
    happen: (group, host) => (group.crash(host), () => covers(group, others(host))),
  },
  "interface of the VIPs loses its link, its host is heard": {
    happen: (group, host) => (group.plug(host, false), () => covers(group, others(host))),
  },
  "clean stop, drain or move: done": {
    happen: (group, host) => (drain(group, host), () => covers(group, others(host))),
  },
  "serve: silent partition, each part holds all": {
    happen: (group, host) => {
      group.partition([host], others(host));
      return () => covers(group, [host]) && covers(group, others(host));
    },
  },
  "serve: host is cut off from the coordinator alone": { happen: losesTheCoordinator },
  "serve: merge, one holder is left": {
    happen: (group, host) => {
      group.partition([host], others(host));
      group.run(1_000);
      group.cut.clear();
      return () => covers(group, four);
    },
  },
  "quorum: silent partition, the minority has released": {
    choice: quorum,
    happen: (group, host) => (group.partition([host], others(host)), () => holdsNothing(group, host)),
  },
  "quorum: silent partition, the majority holds all": {
    choice: quorum,
    happen: (group, host) => (group.partition([host], others(host)), () => covers(group, others(host))),
  },
  "quorum: host is cut off from the coordinator alone": { choice: quorum, happen: losesTheCoordinator },
  "stopped daemon goes on: its VIPs are removed": {
    happen: (group, host) => {
      group.stop(host);
      group.run(900);
      group.resume(host);
      return () => holdsNothing(group, host);
    },
  },
  "ip cannot add a VIP: another host holds it": {
    happen: (group, host) => {
      // Three VIPs on four hosts: d has none, and is the first to be given one.
      for (const { name } of groupOf({}).vips) group.broken.add(`d/${name}`);
      group.crash(host);
      while (!covers(group, others(host)) && !hasFailed(group, "d")) group.run(0.5);
      return () => covers(group, others(host));
    },
  },
  "ip cannot remove a VIP: another host holds it": {
    happen: (group, host) => {
      for (const { name } of groupOf({}).vips) group.stuck.add(`${host}/${name}`);
      drain(group, host);
      return () => covers(group, others(host)) && holdsNothing(group, host);
    },
  },
  "cold start, all hosts: every VIP is held": {
    isSettled: false,
    happen: (group, host) => {
      for (const each of others(host)) {
        group.start(each);
        group.run(13);
      }
      group.start(host);
      return () => covers(group, four);
    },
  },
  "cold start, hosts missing: every VIP is held": {
    isSettled: false,
    happen: (group, host) => (group.start(host), () => covers(group, four)),
  },
};

const hasFailed = (group: SmallGroup, host: string): boolean =>
  group.notes.some((each) => each.host === host && each.note.kind === "vipAddFailed");

for (const [name, story] of Object.entries(stories)) {
  Deno.test(`${name}: never later than check says`, () => {
    const choice = { hosts: four, ...story.choice };
    const group = groupOf(choice);
    const bound = boundsOf(group).find((each) => each.name === name);
    assert(bound?.applies);
    const most = worked(bound.formula, { ...group.timing, ...symbols, lease: group.timing.lease ?? NaN });
    const took = [0, 17, 34, 51, 68, 85].flatMap((phase) =>
      four.map((host) => lasts(story, { choice, phase, host }))
    );
    assert(Math.max(...took) > 0, "something takes time");
    assert(took.every((ms) => ms <= most), `took up to ${Math.max(...took)} ms, at most ${most} promised`);
  });
}

function lasts(story: Story, of: { choice: GroupChoice; phase: number; host: string }): number {
  const group = new SmallGroup(of.choice);
  if (story.isSettled !== false) {
    for (const host of four) {
      group.start(host);
      group.run(23);
    }
    group.run(6_000);
  }
  group.run(of.phase);
  const isOver = story.happen(group, of.host);
  const from = group.now;
  while (!isOver() && group.now - from < 10_000) group.run(0.5);
  return group.now - from;
}
