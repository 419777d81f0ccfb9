import assert from "node:assert/strict";
import { electMembers, leaderOf, majorityOf, mayServe } from "../../src/core/membership.ts";
import type { Heartbeat } from "../../src/core/message.ts";
import {
  hearPeer,
  isMutual,
  isOverdue,
  type Peer,
  Peers,
  suspicionDeadline,
} from "../../src/core/suspicion.ts";
import {
  duration,
  hostName,
  incarnation,
  instant,
  type Member,
  sequence,
} from "../../src/core/vocabulary.ts";
import { unmeasured } from "../../src/core/measure.ts";
import { groupOf } from "./small_group.ts";

const member = (host: string, life = 1): Member => ({ host: hostName(host), incarnation: incarnation(life) });
const self = member("b");
const { timing } = groupOf({});
const { timeout } = timing;

/** A peer that was just heard, and that hears the hosts named. */
function peer(host: string, hears: string[], state: Peer["state"] = "heard"): Peer {
  const heartbeat: Heartbeat = {
    kind: "heartbeat",
    view: null,
    promised: null,
    follows: hostName(host),
    revision: 1,
    mature: true,
    draining: false,
    waits: false,
    heard: hears.map((each) => ({ ...member(each), sequence: sequence(1), age: duration(0) })),
    releasing: [],
    acquiring: [],
    digest: "",
    timeout,
    beat: 1,
    version: "1.2.3",
  };
  return {
    ...member(host),
    state,
    lastHeard: instant(0),
    sequence: sequence(1),
    sequenceAt: instant(0),
    heartbeat,
    vouched: null,
    probe: null,
    replaced: [],
    turnovers: [],
    unrest: 0,
    unrestAt: instant(0),
    calmAt: instant(0),
    told: sequence(1),
    acknowledged: sequence(0),
    measure: unmeasured,
    restarts: 0,
  };
}

const peersOf = (...peers: Peer[]) => new Peers(peers);
const elect = (peers: Peer[], present: Member[] = [], excluded: string[] = []) =>
  electMembers(self, peersOf(...peers), { present, excluded: new Set(excluded.map(hostName)) }).map((
    { host },
  ) => host);

Deno.test("isMutual() asks for hearing in both directions", () => {
  assert.equal(isMutual(peer("a", ["b"]), self), true);
  assert.equal(isMutual(peer("a", ["c"]), self), false);
  assert.equal(isMutual(peer("a", ["b"], "silent"), self), false);
  assert.equal(isMutual(peer("a", ["b"]), member("b", 2)), false, "an earlier life of ours was heard");
});

Deno.test("a peer is suspected at the timeout and not before", () => {
  const heard = hearPeer(undefined, { ...member("a"), sequence: sequence(7) }, {
    now: instant(1000),
    timeout,
  });
  assert.equal(isOverdue(heard, instant(1499), timing), false);
  assert.equal(isOverdue(heard, instant(1500), timing), true);
  assert.equal(suspicionDeadline(heard, timing), instant(1500));
});

Deno.test("hosts with different timeouts go by the longer one", () => {
  const heard = peer("a", ["b"]);
  const slow = { ...heard, heartbeat: heard.heartbeat && { ...heard.heartbeat, timeout: duration(2000) } };
  assert.equal(suspicionDeadline(slow, timing), instant(2000));
  assert.equal(suspicionDeadline(heard, { ...timing, timeout: duration(3000) }), instant(3000));
});

/** The peer after so many returns, `apart` ms from each other, and when the last one was. */
function returning(times: number, apart: number): { readonly peer: Peer; readonly now: number } {
  let [known, now] = [peer("a", ["b"]), 0];
  for (let life = 1; life <= times; life++) {
    now += apart;
    const sender = { ...member("a", life + 1), sequence: sequence(1) };
    known = hearPeer({ ...known, turnovers: [] }, sender, { now: instant(now), timeout });
  }
  return { peer: known, now };
}

Deno.test("a host is damped at its third return in a short time, and calm again after a while", () => {
  const twice = returning(2, 1_000);
  assert.ok(twice.peer.calmAt <= twice.now);
  const thrice = returning(3, 1_000);
  assert.ok(thrice.peer.calmAt > thrice.now + 20 * timeout);
  const often = returning(20, 1_000);
  assert.ok(often.peer.calmAt <= often.now + 40 * timeout);
  const seldom = returning(20, 30 * timeout);
  assert.ok(seldom.peer.calmAt <= seldom.now);
});

Deno.test("hearPeer() forgets what an earlier life said, and keeps a farewell until then", () => {
  const left: Peer = { ...peer("a", ["b"]), state: "left" };
  assert.equal(
    hearPeer(left, { ...member("a"), sequence: sequence(9) }, { now: instant(5), timeout }).state,
    "left",
  );
  const reborn = hearPeer(left, { ...member("a", 2), sequence: sequence(1) }, { now: instant(5), timeout });
  assert.deepEqual([reborn.state, reborn.heartbeat], ["heard", null]);
});

Deno.test("leaderOf() is the lowest-named mutual host, or oneself", () => {
  assert.equal(leaderOf(self, peersOf(peer("a", ["b"]), peer("c", ["b"])), new Set()), "a");
  assert.equal(leaderOf(self, peersOf(peer("a", ["c"]), peer("c", ["b"])), new Set()), "b");
  assert.equal(leaderOf(self, peersOf(peer("a", ["b"])), new Set([hostName("a")])), "b");
});

Deno.test("electMembers() takes everyone when all hear each other", () => {
  assert.deepEqual(elect([peer("a", ["b", "c"]), peer("c", ["a", "b"])]), ["a", "b", "c"]);
});

Deno.test("electMembers() never takes two hosts that do not hear each other", () => {
  assert.deepEqual(elect([peer("a", ["b"]), peer("c", ["b"])]), ["a", "b"]);
});

Deno.test("electMembers() keeps present members before it looks at newcomers", () => {
  assert.deepEqual(elect([peer("a", ["b"]), peer("c", ["b"])], [member("b"), member("c")]), ["b", "c"]);
});

Deno.test("electMembers() leaves out who did not answer", () => {
  assert.deepEqual(elect([peer("a", ["b", "c"]), peer("c", ["a", "b"])], [], ["c"]), ["a", "b"]);
});

Deno.test("majorityOf() is more than half of the configured hosts, and only quorum mode asks for it", () => {
  assert.deepEqual([1, 2, 3, 4, 5].map(majorityOf), [1, 2, 2, 3, 3]);
  assert.equal(mayServe({ partition: "quorum", hostsCount: 3 }, 1), false);
  assert.equal(mayServe({ partition: "quorum", hostsCount: 3 }, 2), true);
  assert.equal(mayServe({ partition: "serve", hostsCount: 3 }, 1), true);
});

Deno.test("a name under which incarnations take turns is disputed, until only one of them speaks for a while", () => {
  let known: Peer | undefined;
  const hear = (life: number, now: number) =>
    known = hearPeer(known, { ...member("a", life), sequence: sequence(now) }, {
      now: instant(now),
      timeout,
    });
  const states = [1, 2, 1, 2, 1, 2].map((life, turn) => hear(life, (turn + 1) * 50).state);
  assert.deepEqual(states, ["heard", "heard", "heard", "heard", "disputed", "disputed"]);
  assert.equal(hear(2, 5000).state, "disputed");
  assert.equal(hear(2, 5350).state, "heard");
});

Deno.test("a host that restarts every second is not disputed", () => {
  let known: Peer | undefined;
  for (let life = 1; life < 20; life++) {
    known = hearPeer(known, { ...member("a", life), sequence: sequence(1) }, {
      now: instant(life * 1000),
      timeout,
    });
    assert.equal(known.state, "heard");
  }
});
