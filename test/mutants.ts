// The deliberate faults: each makes the program worse in one place, and says which test or which checker of the
// simulator catches it. "deno task mutants" looks whether they do.

import type { Mutant } from "./support/mutant.ts";

export const mutants: readonly Mutant[] = [
  // Whom we hear.
  {
    fault: "of two timeouts a host goes by its own, though the other one's is longer",
    file: "src/core/suspicion.ts",
    find: "heartbeat !== null && heartbeat.timeout > timeout ? heartbeat.timeout : timeout;",
    replace: "heartbeat === null ? timeout : timeout;",
    caughtBy: {
      "test": "test/core/membership_test.ts",
      "name": "hosts with different timeouts go by the longer one",
    },
  },
  {
    fault: "two hosts are mutual though only one of them hears the other",
    file: "src/core/suspicion.ts",
    find: 'peer.state === "heard" && hearingOf(peer.heartbeat, self) !== undefined;',
    replace: 'peer.state === "heard";',
    caughtBy: {
      "test": "test/core/membership_test.ts",
      "name": "isMutual() asks for hearing in both directions",
    },
  },
  {
    fault: "being heard in an earlier life counts for this one",
    file: "src/core/suspicion.ts",
    find: "return item?.incarnation === member.incarnation ? item : undefined;",
    replace: "return item;",
    caughtBy: {
      "test": "test/core/membership_test.ts",
      "name": "isMutual() asks for hearing in both directions",
    },
  },
  {
    fault: "a host that restarted is believed to go on with what its earlier life said",
    file: "src/core/suspicion.ts",
    find: "const before = known?.incarnation === sender.incarnation ? known : undefined;",
    replace: "const before = known;",
    caughtBy: { "checker": "window", "seed": 9 },
  },
  {
    fault: "no host is ever damped",
    file: "src/core/suspicion.ts",
    find: "unrest >= damping.from || now < known.calmAt;",
    replace: "unrest > damping.most;",
    caughtBy: {
      "test": "test/core/membership_test.ts",
      "name": "a host is damped at its third return in a short time, and calm again after a while",
    },
  },
  // What is believed and said.
  {
    fault: "damping never ends",
    file: "src/core/heartbeat.ts",
    find: "node.peers.list.filter(({ calmAt }) => now < calmAt);",
    replace: "node.peers.list.filter(({ calmAt, unrestAt }) => unrestAt < calmAt);",
    caughtBy: {
      "test": "test/core/hearing_test.ts",
      "name": "a host that came and went is damped for a while, and not for ever",
    },
  },
  {
    fault: "an older heartbeat takes back what a newer one has said",
    file: "src/core/heartbeat.ts",
    find: " && sender.sequence > heard.told;",
    replace: ";",
    caughtBy: {
      "test": "test/core/hearing_test.ts",
      "name": "a heartbeat that a newer one has overtaken takes nothing back",
    },
  },
  {
    fault: "a heartbeat is believed that acknowledges nothing of late",
    file: "src/core/heartbeat.ts",
    find: "  if (claims !== undefined && sentAt(node, claims) === null) return false;\n",
    replace: "",
    caughtBy: {
      "test": "test/core/hearing_test.ts",
      "name": "a heartbeat that acknowledges nothing of the last two timeouts is not believed",
    },
  },
  {
    fault: "another life of a host that is heard is believed on its mere word",
    file: "src/core/heartbeat.ts",
    find:
      "return known === undefined || known.incarnation === sender.incarnation || claims !== undefined ||\n    !isInTouch(known);",
    replace: "return true;",
    caughtBy: { "checker": "window", "seed": 18 },
  },
  {
    fault: "that a VIP is released is no news",
    file: "src/core/heartbeat.ts",
    find: "!areSame(before.releasing, node.releasing) || ",
    replace: "",
    caughtBy: {
      "test": "test/core/node_test.ts",
      "name": "a clean stop hands every VIP over and then says farewell",
    },
  },
  // The coordinator.
  {
    fault: "a view is installed though one report is missing",
    file: "src/core/coordinate.ts",
    find: "proposal.reports.size < proposal.members.length) return false;",
    replace: "proposal.reports.size < proposal.members.length - 1) return false;",
    caughtBy: { "checker": "exclusive", "seed": 1 },
  },
  {
    fault: "who did not answer once is never asked again",
    file: "src/core/coordinate.ts",
    find: "return turn.now < until || ",
    replace: "return turn.now < Infinity || ",
    caughtBy: { "checker": "settlement", "seed": 43 },
  },
  {
    fault: "every group is mature",
    file: "src/core/coordinate.ts",
    find: "const mature = reports.some((report) => report.mature) || members.length === group.hosts.length;",
    replace: "const mature = true;",
    caughtBy: {
      "test": "test/core/node_test.ts",
      "name": "a host that starts alone claims nothing before it is mature, and everything then",
    },
  },
  {
    fault: "loads are never evened out",
    file: "src/core/coordinate.ts",
    find: "return view.mature && now >= node.balanceAt && mayBalance(turn, view);",
    replace: "return view.mature && now < 0 && mayBalance(turn, view);",
    caughtBy: { "checker": "evenness", "seed": 1 },
  },
  // One VIP.
  {
    fault: "an acquisition is not announced",
    file: "src/core/vip.ts",
    find: 'nextAnnouncement(announced, now) }, action: "announce" };',
    replace: 'nextAnnouncement(announced, now) }, action: "none" };',
    caughtBy: { "checker": "announcements", "seed": 1 },
  },
  {
    fault: "what has a holder is placed anew in every view",
    file: "src/core/case.ts",
    find: 'return { basis: "held", choice: keepers.map(({ carrier }) => carrier) };',
    replace: 'return { basis: "held", choice: eligible };',
    caughtBy: {
      "test": "test/core/allocator_test.ts",
      "name":
        "allocate() leaves a VIP with its one holder, with its reason and age, however uneven the loads are",
    },
  },
  {
    fault: "of two holders after a merge neither keeps the VIP",
    file: "src/core/case.ts",
    find: "if (keepers.length > 0) return {",
    replace: "if (keepers.length === 1) return {",
    caughtBy: {
      "test": "test/core/allocator_test.ts",
      "name": "allocate() shares what both halves of a merge hold out among its holders",
    },
  },
];
