// The deliberate faults: each makes the program worse in one place, and says which test or which checker of the
// simulator catches it. "deno task mutants" looks whether they do.

import type { Mutant } from "./support/mutant.ts";

export const mutants: readonly Mutant[] = [
  // What is said.
  {
    fault: "a word that its own host has not heard is said again",
    file: "src/core/words.ts",
    find: ").filter((word) => !said.some((each) => isSameWord(each, word)));",
    replace: ");",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "a word that its own host missed is heard by it late, and by nobody who was elsewhere",
    },
  },
  {
    fault: "a host hears what was said in a view that it never promised",
    file: "src/core/words.ts",
    find:
      "if (!sameView(word.view, view) && !words.promised.some((each) => sameView(each, word.view))) continue;",
    replace: "",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "who joins hears nothing of what others have still to hear",
    },
  },
  {
    fault: "views do not repeat what was said lately",
    file: "src/core/words.ts",
    find: "return [...repeated, ...firstFitting(",
    replace: "return [...firstFitting(",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "who misses an install hears its words with the next view, in the order of the others",
    },
  },
  {
    fault: "what was said lately is in no order",
    file: "src/core/words.ts",
    find: "said.sort((a, b) => compareViews(a.view, b.view));",
    replace: "",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "wordsOf() puts what was said in the order of the views, whatever order reports come in",
    },
  },
  {
    fault: "a view says new things however much its members have missed",
    file: "src/core/words.ts",
    find: "if (missed.length > missedMax || bytesOf(missed) > freshBytesMax) return repeated;",
    replace: "",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "who has missed a view hears all that was said in it, however much is said after it",
    },
  },
  {
    fault: "a view says as much as there is to say",
    file: "src/core/words.ts",
    find: "const [freshBytesMax, freshMax] = [4_096, 16];",
    replace: "const [freshBytesMax, freshMax] = [4_096_000, 16];",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "however much is said, reports and views stay small, and everybody hears all of it in one order",
    },
  },
  {
    fault: "what everybody has heard is repeated",
    file: "src/core/words.ts",
    find: "(peer.heartbeat?.view?.number ?? 0) < number);",
    replace: "number > 0);",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "what everybody has shown to have heard is not repeated",
    },
  },
  {
    fault: "what a lost coordinator may have said is said again",
    file: "src/core/words.ts",
    find: "return isDoubtful ? [] : firstFitting(open, freshBytesMax);",
    replace: "return firstFitting(open, freshBytesMax || Number(isDoubtful));",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "what a lost coordinator may have said nobody says again: later it may come in another order",
    },
  },
  {
    fault: "a word is forgotten when its own host has shown another view",
    file: "src/core/words.ts",
    find: "return isSameLife(peer, word.by) && !isShown;",
    replace: "return false;",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "a word that its own host missed is not said again by those who know of it alone",
    },
  },
  {
    fault: "the first member says what it has to say before all others, always",
    file: "src/core/words.ts",
    find: "const first = view.number % members.length;",
    replace: "const first = 0;",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "a host that says much keeps nobody else from being heard",
    },
  },
  {
    fault: "what was missed is repeated for too short a time",
    file: "src/core/words.ts",
    find: "const repeatedTimeouts = 20;",
    replace: "const repeatedTimeouts = 2;",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "who misses installs for seconds hears what was said in them",
    },
  },
  {
    fault: "what a view has no room for waits for the next heartbeat",
    file: "src/core/words.ts",
    find: "if (saysAny && toSay(turn.node, members).length > 0) revise(turn, {});",
    replace: "",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "what a view has no room for is said by the next one, at once",
    },
  },
  {
    fault: "a view that only says something delays the next balance round",
    file: "src/core/install.ts",
    find: "isTheSame(node, install) && moves.length === 0 && now < node.balanceAt",
    replace: "false",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "messages that come one after the other keep no VIP from being spread",
    },
  },
  {
    fault: "a host that is gone passes the checks that it failed",
    file: "src/core/health.ts",
    find: "const isKnown = findHost(members, host) && failing",
    replace: "const isKnown = failing",
    caughtBy: { test: "test/core/health_test.ts", name: "of a host that is gone nobody says that it passes" },
  },
  {
    fault: "a check that there is no room to name passes",
    file: "src/core/health.ts",
    find: "const toldEach = checksToldOf(new Set(failing.map(({ host }) => host)).size);",
    replace: "const toldEach = Infinity;",
    caughtBy: {
      test: "test/core/health_test.ts",
      name:
        "everybody is told who fails what: of many checks at least one of each host, of many VIPs the first",
    },
  },
  {
    fault: "a part that serves nothing says that health does not count",
    file: "src/core/coordinate.ts",
    find: "failedOpen: serves ? failedOpen(input) : [],",
    replace: "failedOpen: failedOpen(input),",
    caughtBy: {
      test: "test/core/health_test.ts",
      name: "partition quorum: a part that serves nothing says nothing of checks that count or not",
    },
  },
  {
    fault: "the group is told of every machine that is made up",
    file: "src/core/conflicts.ts",
    find: ".slice(0, wordsMax - lately.length);",
    replace: ";",
    caughtBy: {
      test: "test/core/conflicts_test.ts",
      name:
        "however many machines are made up, the group is told of a few, and its views do not follow one another",
    },
  },
  {
    fault: "who was told that nobody has a VIP is not told who takes it",
    file: "src/core/install.ts",
    find: "const isLearned = from === null && !node.vacated.has(vip) && assigned",
    replace: "const isLearned = from === null && assigned",
    caughtBy: {
      test: "test/core/quorum_test.ts",
      name: "partition quorum: the lesser part tells who has its VIPs when it has come back",
    },
  },
  {
    fault: "a host that has too much to say keeps it to itself",
    file: "src/core/words.ts",
    find:
      'if (words.open.length >= WORDS_OPEN_MAX) return note(turn, { kind: "unsaid", matter, why: "tooMuch" });',
    replace: "if (words.open.length >= WORDS_OPEN_MAX) return;",
    caughtBy: {
      test: "test/core/words_test.ts",
      name: "a host that has too much to say tells so, and says the rest",
    },
  },
  // Whom we hear.
  {
    fault: "of two timeouts a host goes by its own, though the other one's is longer",
    file: "src/core/suspicion.ts",
    find: "heartbeat !== null && heartbeat.timeout > timeout ? heartbeat.timeout : timeout;",
    replace: "heartbeat === null ? timeout : timeout;",
    caughtBy: {
      test: "test/core/membership_test.ts",
      name: "hosts with different timeouts go by the longer one",
    },
  },
  {
    fault: "two hosts are mutual though only one of them hears the other",
    file: "src/core/suspicion.ts",
    find: 'peer.state === "heard" && hearingOf(peer.heartbeat, self) !== undefined;',
    replace: 'peer.state === "heard";',
    caughtBy: {
      test: "test/core/membership_test.ts",
      name: "isMutual() asks for hearing in both directions",
    },
  },
  {
    fault: "a host that restarted is believed to go on with what its earlier life said",
    file: "src/core/suspicion.ts",
    find: "const before = known?.incarnation === sender.incarnation ? known : undefined;",
    replace: "const before = known;",
    caughtBy: { checker: "window", seed: 9 },
  },
  {
    fault: "no host is ever damped",
    file: "src/core/suspicion.ts",
    find: "unrest >= damping.from || now < known.calmAt;",
    replace: "unrest > damping.most;",
    caughtBy: {
      test: "test/core/membership_test.ts",
      name: "a host is damped at its third return in a short time, and calm again after a while",
    },
  },
  {
    fault: "a heartbeat lists who is silent as heard",
    file: "src/core/suspicion.ts",
    find: '    if (peer.state === "heard") {\n      heard.push',
    replace: '    if (peer.state !== "left") {\n      heard.push',
    caughtBy: { checker: "settlement", seed: 1 },
  },
  // What is believed and said.
  {
    fault: "damping never ends",
    file: "src/core/heartbeat.ts",
    find: "node.peers.list.filter(({ calmAt }) => now < calmAt);",
    replace: "node.peers.list.filter(({ calmAt, unrestAt }) => unrestAt < calmAt);",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "a host that came and went is damped for a while, and not for ever",
    },
  },
  {
    fault: "an older heartbeat takes back what a newer one has said",
    file: "src/core/heartbeat.ts",
    find: " && sender.sequence > heard.told;",
    replace: ";",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "a heartbeat that a newer one has overtaken takes nothing back",
    },
  },
  {
    fault: "a heartbeat is believed that acknowledges nothing of late",
    file: "src/core/heartbeat.ts",
    find: "  if (claims !== undefined && sentBefore(node, claims) === null) return false;\n",
    replace: "",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "a heartbeat that acknowledges nothing of the last two timeouts is not believed",
    },
  },
  {
    fault: "another life of a host that is heard is believed on its mere word",
    file: "src/core/heartbeat.ts",
    find: "return claims !== undefined && claims > known.acknowledged;",
    replace: "return true;",
    caughtBy: { checker: "fence", seed: 113 },
  },
  {
    fault: "a vote counts from our newest heartbeat instead of the one that the voter has heard",
    file: "src/core/heartbeat.ts",
    find: "claims === undefined ? null : sentBefore(node, claims);",
    replace: "claims === undefined ? null : node.sent.at(-1) ?? null;",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "a vouch counts from when that was sent which it acknowledges, however late it comes",
    },
  },
  {
    fault: "a host that has promised another view vouches still",
    file: "src/core/heartbeat.ts",
    find: "isPledgedWith(node, heartbeat) && acknowledged !== null",
    replace: "acknowledged !== null",
    caughtBy: { checker: "quorum", seed: 3447 },
  },
  {
    fault: "that a VIP is released is no news",
    file: "src/core/heartbeat.ts",
    find: "!areSame(before.releasing, node.releasing) || ",
    replace: "",
    caughtBy: {
      test: "test/core/node_test.ts",
      name: "a clean stop hands every VIP over and then says farewell",
    },
  },
  {
    fault: "the next heartbeat is counted from when the last one went out",
    file: "src/core/heartbeat.ts",
    find: "return after(from, duration((missed + 1) * of.interval));",
    replace: "return after(of.now, duration((missed * 0 + 1) * of.interval));",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "heartbeats stay on their grid when a step comes late",
    },
  },
  {
    fault: "nobody is suspected",
    file: "src/core/heartbeat.ts",
    find: "if (!isOverdue(peer, now, timing)) continue;",
    replace: "if (isOverdue(peer, now, timing) || now > 0) continue;",
    caughtBy: { checker: "alarm", seed: 1 },
  },
  {
    fault: "a heartbeat does not say what is still being released",
    file: "src/core/heartbeat.ts",
    find: "releasing: node.releasing,",
    replace: "releasing: [],",
    caughtBy: { checker: "exclusive", seed: 6 },
  },
  // Who is in a view.
  {
    fault: "half of the hosts are a majority",
    file: "src/core/membership.ts",
    find: "Math.floor(hostsCount / 2) + 1;",
    replace: "Math.ceil(hostsCount / 2);",
    caughtBy: { checker: "quorum", seed: 139 },
  },
  {
    fault: "a newcomer is taken that does not hear a member",
    file: "src/core/membership.ts",
    find: "hears[at]?.[other] === 1 && hears[other]?.[at] === 1",
    replace: "hears[other]?.[at] === 1",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "a host that does not hear a member is not in a view with it",
    },
  },
  {
    fault: "a newcomer is taken that a member does not hear",
    file: "src/core/membership.ts",
    find: "hears[at]?.[other] === 1 && hears[other]?.[at] === 1",
    replace: "hears[at]?.[other] === 1",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "a host that a member does not hear is not in a view with it",
    },
  },
  {
    fault: "newcomers are chosen before present members",
    file: "src/core/membership.ts",
    find: "[...places.filter((at) => isPresent[at]), ...places.filter((at) => !isPresent[at])]",
    replace: "[...places.filter((at) => !isPresent[at]), ...places.filter((at) => isPresent[at])]",
    caughtBy: {
      test: "test/core/membership_test.ts",
      name: "electMembers() keeps present members before it looks at newcomers",
    },
  },
  // The coordinator.
  {
    fault: "a view is installed though one report is missing",
    file: "src/core/coordinate.ts",
    find: "proposal.reports.size < proposal.members.length) return false;",
    replace: "proposal.reports.size < proposal.members.length - 1) return false;",
    caughtBy: { checker: "exclusive", seed: 1 },
  },
  {
    fault: "a report is taken that answers an earlier proposal",
    file: "src/core/coordinate.ts",
    find: "!sameView(proposal.view, report.view) || ",
    replace: "",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "a report that answers an earlier proposal is not taken for one that answers the present one",
    },
  },
  {
    fault: "who did not answer once is never asked again",
    file: "src/core/coordinate.ts",
    find: "return turn.now < until || ",
    replace: "return turn.now < Infinity || ",
    caughtBy: { checker: "window", seed: 15 },
  },
  {
    fault: "a proposal goes on though one of its hosts is lost",
    file: "src/core/coordinate.ts",
    find: "  if (lost.length > 0) return propose(turn, members);\n",
    replace: "",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "two hosts that die one after the other are done without as soon as the second is missed",
    },
  },
  {
    fault: "every group is mature",
    file: "src/core/coordinate.ts",
    find: "const mature = reports.some((report) => report.mature) || members.length === group.hosts.length;",
    replace: "const mature = true;",
    caughtBy: {
      test: "test/core/node_test.ts",
      name: "a host that starts alone claims nothing before it is mature, and everything then",
    },
  },
  {
    fault: "a view is made anew every second for nothing",
    file: "src/core/coordinate.ts",
    find: "  if (!view.mature && isMature(node, members)) return true;\n",
    replace:
      "  if (!view.mature && isMature(node, members)) return true;\n  if (now >= after(view.installedAt, duration(1_000))) return true;\n",
    caughtBy: { checker: "rest", seed: 1 },
  },
  {
    fault: "nobody waits for the vouches of those left out",
    file: "src/core/coordinate.ts",
    find: "? waitFor(members, reports) : duration(0),",
    replace: "? waitFor(members, []) : duration(0),",
    caughtBy: {
      test: "test/core/quorum_test.ts",
      name: "partition quorum: nobody takes a VIP while the host that was cut off may count on a vote still",
    },
  },
  {
    fault: "an install that was lost is not repeated",
    file: "src/core/coordinate.ts",
    find: "if (host !== self.host && !view.confirmed.has(host)) send",
    replace: "if (host === self.host) send",
    caughtBy: {
      test: "test/core/node_test.ts",
      name:
        "an old life of a host is not believed while the host is heard, though it does not hear us itself",
    },
  },
  {
    fault: "the coordinator goes on acting on its old view while it gathers reports",
    file: "src/core/coordinate.ts",
    find: "promised: { view, report, at: now },",
    replace: "promised: null,",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "a coordinator takes nothing while it gathers reports",
    },
  },
  {
    fault: "a member that has promised a higher view is not asked again",
    file: "src/core/coordinate.ts",
    find: "  if ((heartbeat.promised?.number ?? 0) > view.id.number) return true;\n",
    replace: "",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name:
        "members that promised a view which never came are asked again by the coordinator that they return to",
    },
  },
  {
    fault: "who drains is given VIPs still",
    file: "src/core/coordinate.ts",
    find: "draining: report.draining,",
    replace: "draining: false,",
    caughtBy: {
      test: "test/core/node_test.ts",
      name: "a clean stop hands every VIP over and then says farewell",
    },
  },
  {
    fault: "who only has not let go yet keeps its claim",
    file: "src/core/coordinate.ts",
    find: "releasing: report.releasing,",
    replace: "releasing: [],",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "who has not let go yet has no claim any more: a move for balance stays one",
    },
  },
  {
    fault: "one host's word is enough to damp another",
    file: "src/core/coordinate.ts",
    find: "2 * reports.filter(({ report }) => report.damped.includes(host)).length > reports.length - 1;",
    replace: "reports.some(({ report }) => report.damped.includes(host));",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "one host's word that another comes and goes damps nobody",
    },
  },
  {
    fault: "that the second name of an address is free is not noticed",
    file: "src/core/coordinate.ts",
    find: "  if (view.basis?.agreement.awaited.some((each) => hasReleased(node, view, each))) return true;\n",
    replace: "",
    caughtBy: { checker: "settlement", seed: 46 },
  },
  {
    fault: "loads are never evened out",
    file: "src/core/coordinate.ts",
    find: "return view.mature && now >= node.balanceAt && mayBalance(turn, view);",
    replace: "return view.mature && now < 0 && mayBalance(turn, view);",
    caughtBy: { checker: "evenness", seed: 1 },
  },
  {
    fault: "a host that follows another one goes on with its own proposal",
    file: "src/core/coordinate.ts",
    find: "    if (turn.node.proposal) update(turn, { proposal: null });\n    return;",
    replace: "    if (turn.node.proposal) complete(turn);\n    return;",
    caughtBy: { checker: "alarm", seed: 1 },
  },
  {
    fault: "the revision is not raised",
    file: "src/core/turn.ts",
    find: "revision: turn.node.revision + 1 });",
    replace: "revision: turn.node.revision });",
    caughtBy: { checker: "coverage", seed: 9 },
  },
  {
    fault: "what a member has not heard that it was given is given to somebody else",
    file: "src/core/coordinate.ts",
    find: "held: [...report.held, ...given.get(host) ?? []],",
    replace: "held: given.size > 0 ? report.held : report.held,",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "a move that its target has not heard of goes on in the next view, by the operator's word",
    },
  },
  // The members.
  {
    fault: "a host that is not heard is mature as early as any",
    file: "src/core/node.ts",
    find: "Math.max(timing.mature, ...waits)",
    replace: "Math.max(timing.mature, ...waits.slice(0, 0))",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name:
        "a host that the others do not hear because it started too often takes nothing for itself meanwhile",
    },
  },
  {
    fault: "an install that is said again after the coordinator's wait tells members not to wait",
    file: "src/core/coordinate.ts",
    find: "Math.max(1, Math.ceil(",
    replace: "Math.max(0, Math.ceil(",
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name: "an install that is said again does not spare a member the proof that a majority has waited",
    },
  },
  {
    fault: "a farewell takes back what an earlier life has voted",
    file: "src/core/quorum.ts",
    find: 'if (peer.state === "left") continue;',
    replace: 'if (peer.state === "left" && ends.delete(peer.host)) continue;',
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name: "a farewell that comes late takes back no vote of an earlier life",
    },
  },
  {
    fault: "a coordinator that reads a new file goes on with what was reported for its old one",
    file: "src/core/node.ts",
    find: "    proposal: null,\n    // What",
    replace: "    // What",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name:
        "a coordinator that reads a new file while it gathers asks again: what was said meant its old one",
    },
  },
  {
    fault: "a vote counts for the shorter of two timeouts",
    file: "src/core/quorum.ts",
    find: "const length = ours > theirs ? ours : theirs;",
    replace: "const length = ours > theirs ? theirs : ours;",
    caughtBy: {
      test: "test/core/catalog_test.ts",
      name: "partition quorum: nobody gives anything up while the timing changes, host by host",
    },
  },
  {
    fault: "a host that reads a shorter heartbeat goes on in its old rhythm",
    file: "src/core/node.ts",
    find: "    heartbeatAt: earliest([node.heartbeatAt, after(now, group.timing.heartbeat)]) ?? now,\n",
    replace: "",
    caughtBy: {
      test: "test/core/catalog_test.ts",
      name: "partition serve: nobody gives anything up while the timing changes, host by host",
    },
  },
  {
    fault: "views of two lives of a coordinator are taken for one",
    file: "src/core/vocabulary.ts",
    find: "    a.incarnation === b.incarnation);\n\n/** Whether the host",
    replace: "    a.incarnation >= 0);\n\n/** Whether the host",
    caughtBy: {
      test: "test/core/quorum_test.ts",
      name:
        "partition quorum: a view is not taken for that of the same number in another life of its coordinator",
    },
  },
  {
    fault: "a lower number is promised after a higher one",
    file: "src/core/follow.ts",
    find: "node.highest !== null && propose.view.number <= node.highest.number",
    replace: "node.highest !== null && propose.view.number < 0",
    caughtBy: { checker: "views", seed: 31 },
  },
  {
    fault: "the same number is promised twice",
    file: "src/core/follow.ts",
    find: "propose.view.number <= node.highest.number",
    replace: "propose.view.number < node.highest.number",
    caughtBy: { checker: "views", seed: 31 },
  },
  {
    fault: "a view is installed without a promise",
    file: "src/core/follow.ts",
    find: "if (sameView(node.promised?.view ?? null, install.view)) installView",
    replace: "installView",
    caughtBy: { checker: "views", seed: 14 },
  },
  {
    fault: "a host that was left out does not notice",
    file: "src/core/follow.ts",
    find: "return (peer.heartbeat?.view?.number ?? 0) > (highest?.number ?? 0);",
    replace: "return (peer.heartbeat?.view?.number ?? 0) < 0 * (highest?.number ?? 0);",
    caughtBy: {
      test: "test/core/node_test.ts",
      name: "a member whose heartbeats come but whose reports do not delays a view once, and is left out",
    },
  },
  {
    fault: "a report does not say what is on the host",
    file: "src/core/follow.ts",
    find: "held: heldVips(turn),",
    replace: "held: heldVips(turn).slice(0, 0),",
    caughtBy: { checker: "exclusive", seed: 3 },
  },
  {
    fault: "a report that is asked for again is made anew",
    file: "src/core/follow.ts",
    find: "send(turn, promised.view.coordinator, promised.report);",
    replace:
      "send(turn, promised.view.coordinator, reportFor(turn, { view: promised.view, digest: turn.node.group.digest }));",
    caughtBy: { checker: "exclusive", seed: 216 },
  },
  {
    fault: "a coordinator is waited for without end",
    file: "src/core/follow.ts",
    find: "if (elapsed(node.waitingSince, now) < timeouts * node.group.timing.timeout) return;",
    replace: "if (timeouts > 0) return;",
    caughtBy: {
      test: "test/core/node_test.ts",
      name: "hosts that do not all hear each other settle: those who do form a view, the other one its own",
    },
  },
  {
    fault: "a report is silent on whom its sender has vouched for",
    file: "src/core/follow.ts",
    find: "vouching: vouchesOf(node, { now: turn.now, asked: digest }),",
    replace: "vouching: vouchesOf(node, { now: turn.now, asked: digest }).slice(0, 0),",
    caughtBy: {
      test: "test/core/quorum_test.ts",
      name: "partition quorum: nobody takes a VIP while the host that was cut off may count on a vote still",
    },
  },
  // A view takes effect.
  {
    fault: "who releases a VIP does not look up when its new holder speaks",
    file: "src/core/install.ts",
    find: "else if (from.includes(self)) hosts.add(holder);",
    replace: "else if (from.includes(self)) hosts.delete(holder);",
    caughtBy: {
      test: "test/core/node_test.ts",
      name: "handover overlap: the old holder releases only when the new one has had the VIP for 100 ms",
    },
  },
  {
    fault: "the keeper does not announce again after a merge",
    file: "src/core/install.ts",
    find: "contestHeld(turn, hasSeenItComing(node, install) ? returnedBy(install, node) : undefined);",
    replace: "contestHeld(turn, returnedBy(install, node));",
    caughtBy: {
      test: "test/core/node_test.ts",
      name:
        "a VIP of a host that was paused is announced again by its new holder when that host is back without it",
    },
  },
  {
    fault: "a VIP that was to go elsewhere and stays after all is not announced again",
    file: "src/core/install.ts",
    find: "hasSeenItComing(node, install) ? returnedBy(install, node) : undefined",
    replace: "hasSeenItComing(node, install) ? [] : undefined",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name:
        "a VIP that an overlapping handover has not brought away is announced again when it stays after all",
    },
  },
  {
    fault: "a member acquires at once what it is to wait for",
    file: "src/core/install.ts",
    find: "acquireAt: install.wait > 0 ? after(now, install.wait) : null,",
    replace: "acquireAt: null,",
    caughtBy: {
      test: "test/core/quorum_test.ts",
      name: "partition quorum: nobody takes a VIP while the host that was cut off may count on a vote still",
    },
  },
  {
    fault: "an operator's wish is never taken for granted",
    file: "src/core/install.ts",
    find: "wishes: node.wishes.slice(node.promised?.report.wishes.length ?? 0),",
    replace: "wishes: node.wishes,",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "an operator's word that was followed does not outweigh a later one",
    },
  },
  {
    fault: "a wish that came after the report is lost",
    file: "src/core/install.ts",
    find: "wishes: node.wishes.slice(node.promised?.report.wishes.length ?? 0),",
    replace: "wishes: [],",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "an operator's word that comes between report and install waits for the next view",
    },
  },
  {
    fault: "a host installs a view with the allocation of the one before",
    file: "src/core/install.ts",
    find: "      allocation,\n      counterparts",
    replace: "      allocation: node.allocation,\n      counterparts",
    caughtBy: { checker: "views", seed: 1 },
  },
  // What is held.
  {
    fault: "nobody waits for a release",
    file: "src/core/holdings.ts",
    find:
      'return alone || of.tenure.handover === "overlap" ? { kind: "wanted", alone } : { kind: "expected" };',
    replace: 'return { kind: "wanted", alone };',
    caughtBy: { checker: "exclusive", seed: 6 },
  },
  {
    fault: "who has not installed the view is taken to have released everything",
    file: "src/core/holdings.ts",
    find: "(hasInstalled(peer, view) && !peer?.heartbeat?.releasing.includes(of.vip));",
    replace: "!peer?.heartbeat?.releasing.includes(of.vip);",
    caughtBy: { checker: "exclusive", seed: 6 },
  },
  {
    fault: "a VIP is said to be released when its removal has only begun",
    file: "src/core/holdings.ts",
    find: "if (!isOurs && isPresent(stateOf(node, name))) releasing.push(name);",
    replace:
      'if (!isOurs && isPresent(stateOf(node, name)) && stateOf(node, name).kind !== "removing") { releasing.push(name); }',
    caughtBy: { checker: "exclusive", seed: 6 },
  },
  {
    fault: "a host takes VIPs by its old view although it has promised another",
    file: "src/core/holdings.ts",
    find: "if (node.promised !== null || node.view === null) return",
    replace: "if (node.view === null) return",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "a host takes nothing between its report and the install",
    },
  },
  {
    fault: "a host takes VIPs without a quorum",
    file: "src/core/holdings.ts",
    find: "hasWaited(node, node.view) && hasQuorum(node, now);",
    replace: "hasWaited(node, node.view);",
    caughtBy: {
      test: "test/core/quorum_test.ts",
      name: "partition quorum: an install that comes when the votes have run out gives nothing",
    },
  },
  {
    fault: "a VIP that could not be removed is waited for although its lease has run out",
    file: "src/core/holdings.ts",
    find: "if (lease === null || state.kind",
    replace: "if (lease !== null || state.kind",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name:
        "a VIP that cannot be removed is taken over when its lease has run out, no sooner and not much later",
    },
  },
  {
    fault: "a VIP that could not be removed is taken for gone before its lease has run out",
    file: "src/core/holdings.ts",
    find: "duration(Math.max(lease, earlier) + leaseSlack)",
    replace: "duration(lease / 2)",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name:
        "a VIP that cannot be removed is taken over when its lease has run out, no sooner and not much later",
    },
  },
  {
    fault: "the lease of what cannot be removed counts from the request, though a renewal may be on its way",
    file: "src/core/vip.ts",
    find: "since: state.failures === 0 ? now : state.since,",
    replace: "since: state.since,",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name:
        "the lease of what cannot be removed counts from the failure, for a renewal may have come just before",
    },
  },
  {
    fault: "a lease that was longer is forgotten with the file that had it",
    file: "src/core/holdings.ts",
    find: "Math.max(lease, earlier)",
    replace: "lease",
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name: "a lease that a new file makes shorter counts at its old length for what that file takes away",
    },
  },
  {
    fault: "nobody looks up when the lease of what cannot be removed is over",
    file: "src/core/holdings.ts",
    find: "[vipDeadline(state), expiryOf(turn.node, state)]",
    replace: "[vipDeadline(state)]",
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name: "a lease that a new file makes shorter counts at its old length for what that file takes away",
    },
  },
  {
    fault: "a host that has never had what its new file lacks seems to have got it",
    file: "src/core/holdings.ts",
    find: "(former.has(vip) || stateOf(node, vip).kind",
    replace: '(stateOf(node, vip).kind !== "absent" && stateOf(node, vip).kind',
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name: "a host that reads a file without a VIP before it has got that is not taken for its holder",
    },
  },
  {
    fault: "balance feeds a host that cannot add what it has",
    file: "src/core/case.ts",
    find: "? soundOf(eligible, keepers) : choice,",
    replace: "? eligible : choice,",
    caughtBy: {
      test: "test/core/node_test.ts",
      name:
        "a host that can neither add nor remove blocks a VIP no longer than its lease, and is not fed by balance",
    },
  },
  {
    fault: "a host never gets again what it once could not add",
    file: "src/core/inability.ts",
    find: "const over = [...turn.node.unable].filter(([, until]) => turn.now >= until);",
    replace: "const over = [...turn.node.unable].filter(([, until]) => until < 0);",
    caughtBy: { test: "test/core/interrupted_test.ts", name: "a host gets again what it once could not add" },
  },
  {
    fault: "what an earlier file has left under a name that goes on does not stand in the way",
    file: "src/core/catalog.ts",
    find: ".filter(({ vip }) => vip !== name);",
    replace: ".filter(({ vip }) => vip > name);",
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name: "an address that a name has had by an earlier file is another name's only when it is gone",
    },
  },
  {
    fault: "the second of two new files makes the addresses of the first the former ones",
    file: "src/core/holdings.ts",
    find: "node.former.get(vip.name) ?? { ...vip, hosts: [] }",
    replace: "{ ...vip, hosts: [] }",
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name: "an address that a name has had by an earlier file is another name's only when it is gone",
    },
  },
  {
    fault: "a lease that has long run out counts again with the next shorter one",
    file: "src/core/holdings.ts",
    find: "return counts ? outlasting : null;",
    replace: "return outlasting;",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "a lease of an earlier file does not count for ever",
    },
  },
  {
    fault: "former VIPs are forgotten while they are still there",
    file: "src/core/holdings.ts",
    find: "const left = new Map([...former].filter(([vip]) => isPresent(stateOf(turn.node, vip))));",
    replace: 'const left: Node["former"] = new Map();',
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name: "an address that a name has had by an earlier file is another name's only when it is gone",
    },
  },
  {
    fault: "former VIPs are forgotten before a view knows of the new file",
    file: "src/core/holdings.ts",
    find: " || view.reportedIn < changedIn) return;",
    replace: ") return;",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "a host takes nothing by its new file before a view knows of that",
    },
  },
  {
    fault: "another life of a member answers for the one that the view has",
    file: "src/core/membership.ts",
    find: "return peer && includes(members, peer) ? peer : undefined;",
    replace: "return peer && includes(members, members[0] ?? peer) ? peer : undefined;",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "another life of a member does not answer for the one that the view has",
    },
  },
  {
    fault: "leases are not renewed",
    file: "src/core/holdings.ts",
    find: 'if (vips.length > 0) turn.effects.push({ kind: "addAddresses", vips });',
    replace: "",
    caughtBy: { checker: "leastMovement", seed: 1 },
  },
  {
    fault: "the old holder of an overlapping handover does not wait for the new one",
    file: "src/core/holdings.ts",
    find: 'if (tenure?.handover !== "overlap") return { kind: "unwanted" };',
    replace: 'if (tenure !== null) return { kind: "unwanted" };',
    caughtBy: {
      test: "test/core/node_test.ts",
      name: "handover overlap: the old holder releases only when the new one has had the VIP for 100 ms",
    },
  },
  {
    fault: "a VIP that was given to a host but is not there yet is not reported",
    file: "src/core/holdings.ts",
    find: "if (tenure?.holder === node.self.host && !node.unable.has(name)) {",
    replace: "if (tenure?.holder === node.self.host && isPresent(stateOf(node, name))) {",
    caughtBy: {
      test: "test/core/interrupted_test.ts",
      name: "a host that comes to coordinate in the middle of a move does not undo the move",
    },
  },
  {
    fault: "leftovers are found and not removed",
    file: "src/core/holdings.ts",
    find: 'events.push({ kind: "found" });',
    replace: 'events.push({ kind: "ticked" });',
    caughtBy: { checker: "settlement", seed: 21 },
  },
  {
    fault: "everybody takes every VIP",
    file: "src/core/holdings.ts",
    find: "  if (tenure?.holder === node.self.host) {\n    const demand",
    replace: "  if (tenure !== undefined) {\n    const demand",
    caughtBy: { checker: "exclusive", seed: 1 },
  },
  {
    fault: "the wait for strangers' votes never ends",
    file: "src/core/holdings.ts",
    find: "if (node.view?.acquireAt && now >= node.view.acquireAt) {",
    replace: "if (node.view?.acquireAt && now < 0) {",
    caughtBy: { checker: "alarm", seed: 5 },
  },
  // One VIP.
  {
    fault: "a release is forgotten",
    file: "src/core/vip.ts",
    find: '    case "unwanted":\n    case "addFailed":\n      return remove(now);\n    case "missed":',
    replace:
      '    case "unwanted":\n      return stay(state);\n    case "addFailed":\n      return remove(now);\n    case "missed":',
    caughtBy: { checker: "window", seed: 1 },
  },
  {
    fault: "the keeper does not announce when the other one has released",
    file: "src/core/vip.ts",
    find: "      if (event.alone && state.contested) return announceFirst(false, now);\n",
    replace: "",
    caughtBy: { checker: "announcements", seed: 27 },
  },
  {
    fault: "a holder that others have to release to does not remember it",
    file: "src/core/vip.ts",
    find: "return stay({ ...state, contested: true });",
    replace: "return stay(state);",
    caughtBy: { checker: "announcements", seed: 27 },
  },
  {
    fault: "announcing goes on during a view change",
    file: "src/core/vip.ts",
    find: "return stay(state.isSilent ? state : { ...state, isSilent: true });",
    replace: "return stay(state);",
    caughtBy: {
      test: "test/core/vip_test.ts",
      name: "stepVip() announces nothing while suspended, and goes on with the schedule afterwards",
    },
  },
  {
    fault: "a failed removal is not tried again",
    file: "src/core/vip.ts",
    find:
      "retryAt: after(now, duration(Math.min(removalRetry.first * 2 ** state.failures, removalRetry.most))),",
    replace: "retryAt: null,",
    caughtBy: {
      test: "test/core/node_test.ts",
      name:
        "a host that can neither add nor remove blocks a VIP no longer than its lease, and is not fed by balance",
    },
  },
  {
    fault: "who was superseded goes on answering",
    file: "src/core/vip.ts",
    find: "return now >= state.removeAt ? remove(now) : stay(state);",
    replace: "return stay({ ...state, removeAt: after(now, overlapLinger) });",
    caughtBy: { checker: "window", seed: 3 },
  },
  {
    fault: "an acquisition is not announced",
    file: "src/core/vip.ts",
    find: 'nextAnnouncement(announced, now) }, action: "announce" };',
    replace: 'nextAnnouncement(announced, now) }, action: "none" };',
    caughtBy: { checker: "announcements", seed: 1 },
  },
  {
    fault: "a removal is decided on and not asked for",
    file: "src/core/vip.ts",
    find: '  action: "remove",\n});',
    replace: '  action: "none",\n});',
    caughtBy: { checker: "settlement", seed: 1 },
  },
  // Votes.
  {
    fault: "a host without a quorum holds on until others may have taken over",
    file: "src/core/quorum.ts",
    find: "length - Math.min(heartbeat / 2, length / 6)",
    replace: "2 * length + heartbeat / 2",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "a vouch counts from when that was sent which it acknowledges, however late it comes",
    },
  },
  {
    fault: "a majority may lack one vote",
    file: "src/core/quorum.ts",
    find: "[others - 1] ?? null;",
    replace: "[Math.max(0, others - 2)] ?? null;",
    caughtBy: { checker: "quorum", seed: 38 },
  },
  {
    fault: "the wait takes members for strangers",
    file: "src/core/quorum.ts",
    find: " && !members.some((member) => member.host === host)) wait",
    replace: " && members.length > 0) wait",
    caughtBy: {
      test: "test/core/quorum_test.ts",
      name: "partition quorum: a view of all members waits for nobody's vote",
    },
  },
  {
    fault: "a host that said farewell is waited for",
    file: "src/core/quorum.ts",
    find: 'if (peer.state === "left") continue;',
    replace: 'if (peer.state === "disputed") continue;',
    caughtBy: {
      test: "test/core/quorum_test.ts",
      name: "partition quorum: who said farewell counts on no vote any more",
    },
  },
  {
    fault: "a host that starts owes nobody its vote",
    file: "src/core/node.ts",
    find: "[host, after(now, group.timing.timeout)]",
    replace: "[host, now]",
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name: "a voter that restarts has not forgotten its vote",
    },
  },
  {
    fault: "a vote for a host that the new file does not have is forgotten",
    file: "src/core/node.ts",
    find: "    owed: votesGiven(node),\n",
    replace: "",
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name: "hosts that read a file without another one remember that they voted for it",
    },
  },
  {
    fault: "a host takes it for enough that its own wait is over",
    file: "src/core/quorum.ts",
    find: "return others.length + 1 >= majorityOf(group.hosts.length);",
    replace: "return others.length >= 0;",
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name:
        "a voter that promises twice does not let the first coordinator take what the second one's member keeps",
    },
  },
  {
    fault: "what is not on the host is taken by an agreement on its old addresses",
    file: "src/core/holdings.ts",
    find: "return same === undefined || node.former.has(vip.name) || !haveSameAddresses(vip, same);",
    replace:
      "return isPresent(stateOf(node, vip.name)) && (same === undefined || !haveSameAddresses(vip, same));",
    caughtBy: {
      test: "test/core/breaches_test.ts",
      name:
        "a member that reads new addresses between its report and the install takes nothing by the old agreement",
    },
  },
  {
    fault: "a host that is fenced while it is not mature is mature soon after",
    file: "src/core/node.ts",
    find: "return instant(Math.max(startedAt + Math.max(timing.mature, ...waits), hearsAllAt));",
    replace:
      "return instant(Math.max(hearsAllAt > startedAt ? 0 : startedAt + Math.max(timing.mature, ...waits), hearsAllAt));",
    caughtBy: { checker: "maturity", seed: 135 },
  },
  {
    fault: "a host is suspected after the timeout and a heartbeat",
    file: "src/core/suspicion.ts",
    find: "heartbeat !== null && heartbeat.timeout > timeout ? heartbeat.timeout : timeout;",
    replace:
      "duration((heartbeat !== null && heartbeat.timeout > timeout ? heartbeat.timeout : timeout) + 100);",
    caughtBy: { checker: "promptness", seed: 1 },
  },
  {
    fault: "a VIP stays where it is although a host that it prefers is back",
    file: "src/core/case.ts",
    find: "failsOpen && keepers.length > 0 ? undefined : firstOf(",
    replace: "keepers.length > 0 ? undefined : firstOf(",
    caughtBy: { checker: "preference", seed: 5 },
  },
  // The host.
  {
    fault: "a farewell is ignored",
    file: "src/core/node.ts",
    find: "return receiveFarewell(turn, sender);",
    replace: "return;",
    caughtBy: {
      test: "test/core/node_test.ts",
      name: "a clean stop hands every VIP over and then says farewell",
    },
  },
  {
    fault: "a host that lost its quorum keeps its VIPs",
    file: "src/core/node.ts",
    find: "if (turn.node.view && hasToGiveUp(turn.node) && !hasQuorum(turn.node, turn.now)) {",
    replace: "if (turn.node.view && !hasQuorum(turn.node, turn.now) && turn.now < 0) {",
    caughtBy: { checker: "alarm", seed: 17 },
  },
  {
    fault: "a host does not notice that it was paused",
    file: "src/core/node.ts",
    find: '  if (hasBeenPaused(node, now)) fence(turn, "paused");\n',
    replace: "",
    caughtBy: { checker: "fence", seed: 1 },
  },
  {
    fault: "a fenced host keeps its VIPs",
    file: "src/core/node.ts",
    find: "said: null });\n  giveUpVips(turn);",
    replace: "said: null });",
    caughtBy: { checker: "window", seed: 1 },
  },
  {
    fault: "a host says farewell while it still has VIPs",
    file: "src/core/node.ts",
    find: "if (holdsNothing(node) && (hasHandedOver(node) ||",
    replace: "if ((hasHandedOver(node) ||",
    caughtBy: { checker: "leaving", seed: 9 },
  },
  {
    fault: "a host takes part before its leftovers are removed",
    file: "src/core/node.ts",
    find: "node.stage.observed && holdsNothing(node) &&",
    replace: "node.stage.observed &&",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "a host says nothing before its leftovers are gone",
    },
  },
  {
    fault: "a host that lost its own address holds on",
    file: "src/core/node.ts",
    find: '  if (!turn.node.isPlaced) return fence(turn, "addressLost");\n',
    replace: "",
    caughtBy: {
      test: "test/core/node_test.ts",
      name: "a host that lost its own address gives its VIPs up, and takes none until it has it again",
    },
  },
  {
    fault: "a host that the new file does not have any more is listened to",
    file: "src/core/node.ts",
    find: "peers: votes.peers.among(hosts),",
    replace: "peers: hosts.size > 0 ? votes.peers : votes.peers.among(hosts),",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "a host that the new file does not have any more is forgotten at once",
    },
  },
  {
    fault: "an alarm that has rung is not set anew",
    file: "src/core/node.ts",
    find: "  update(turn, { renewAt: lease === null ? null : after(now, duration(lease / 3)) });\n",
    replace: "",
    caughtBy: { checker: "alarm", seed: 1 },
  },
  {
    fault: "a fenced host speaks again before its VIPs are gone",
    file: "src/core/node.ts",
    find: "return holdsNothing(node) ? unfence(turn) : undefined;",
    replace: "return unfence(turn);",
    caughtBy: { checker: "fence", seed: 1 },
  },
  // Who holds what.
  {
    fault: "an allocation does not say who has to release",
    file: "src/core/allocator.ts",
    find: "  for (const { carrier } of by.claims) if (carrier !== holder) from.push(carrier.host);\n",
    replace: "",
    caughtBy: { checker: "exclusive", seed: 6 },
  },
  {
    fault: "an allocation depends on the order of the members' files",
    file: "src/core/allocator.ts",
    find: "const placed = cases.map(place).sort((a, b) => compareText(a.vip, b.vip));",
    replace: "const placed = cases.map(place).sort((a, b) => compareText(b.vip, a.vip));",
    caughtBy: {
      test: "test/core/allocator_test.ts",
      name:
        "allocate() leaves a VIP with its one holder, with its reason and age, however uneven the loads are",
    },
  },
  {
    fault: "a balance round moves what an operator or a preference has placed",
    file: "src/core/case.ts",
    find: "? soundOf(eligible, keepers) : choice,",
    replace: "? soundOf(eligible, keepers) : eligible,",
    caughtBy: { checker: "leastMovement", seed: 14 },
  },
  {
    fault: "a balance round has no bound",
    file: "src/core/allocator.ts",
    find: "evenOut(startRelieving(carriers, placed), input.balanceMovesMax);",
    replace: "evenOut(startRelieving(carriers, placed), Infinity);",
    caughtBy: {
      test: "test/core/allocator_test.ts",
      name:
        "allocate() in a balance round takes from the fullest to the emptiest, with at most so many moves",
    },
  },
  {
    fault: "what an operator has moved is not pinned",
    file: "src/core/case.ts",
    find: 'const pinned = keepers.filter(({ reason }) => reason === "operator");',
    replace: "const pinned = keepers.filter(({ age }) => age < 0);",
    caughtBy: {
      test: "test/core/allocator_test.ts",
      name: "allocate() moves a VIP where an operator wants it, and pins it there against a preference",
    },
  },
  {
    fault: "the last preference comes first",
    file: "src/core/case.ts",
    find: "firstOf(eligible, vip.prefer);",
    replace: "firstOf(eligible, vip.prefer.toReversed());",
    caughtBy: {
      test: "test/core/allocator_test.ts",
      name: "allocate() moves a VIP to the host it prefers when that comes, and back to nobody when it goes",
    },
  },
  {
    fault: "a damped host is given VIPs like any other",
    file: "src/core/case.ts",
    find: "spares(({ damped }) => damped,",
    replace: "spares(({ damped }) => damped && false,",
    caughtBy: {
      test: "test/properties/allocator_test.ts",
      name:
        "allocate() gives every VIP that anybody can hold one eligible holder, and nothing else to anybody",
    },
  },
  // Health.
  {
    fault: "a host that fails a check is given VIPs like any other",
    file: "src/core/case.ts",
    find: "const fit = fitness.among(willing, vip.name);",
    replace: "const fit = willing;",
    caughtBy: { checker: "settlement", seed: 25 },
  },
  {
    fault: "a host that fails a check keeps what it has",
    file: "src/core/coordinate.ts",
    find: "unfit: unfitBy(report.failing),",
    replace: "unfit: report.held.length > 0 ? [] : unfitBy(report.failing),",
    caughtBy: { checker: "promptness", seed: 8 },
  },
  {
    fault: "a VIP that no host is fit for goes to the host that it prefers",
    file: "src/core/case.ts",
    find: "failsOpen && keepers.length > 0 ? undefined : firstOf(",
    replace: "firstOf(",
    caughtBy: {
      test: "test/core/health_test.ts",
      name:
        "a VIP that no host is fit for does not go to the host that it prefers, nor to even the loads out",
    },
  },
  {
    fault: "a VIP that no host is fit for is placed anew",
    file: "src/core/case.ts",
    find: "!releasing && able.includes(carrier)",
    replace: "!releasing && !(failsOpen && vip.hosts.length > 1) && able.includes(carrier)",
    caughtBy: { checker: "health", seed: 74 },
  },
  {
    fault: "a VIP that no host is fit for is held by nobody",
    file: "src/core/case.ts",
    find: "if (willing.length === 0) continue;",
    replace: "if (fitness.among(willing, vip.name).length === 0) continue;",
    caughtBy: { checker: "coverage", seed: 62 },
  },
  {
    fault: "balance moves what no host is fit for",
    file: "src/core/case.ts",
    find: 'chosen.basis === "held" && !failsOpen',
    replace: 'chosen.basis === "held"',
    caughtBy: {
      test: "test/core/health_test.ts",
      name:
        "a VIP that no host is fit for does not go to the host that it prefers, nor to even the loads out",
    },
  },
  {
    fault: "a check that is for some VIPs is for all of them",
    file: "src/core/health.ts",
    find: 'if (check.vips === null) return "all";',
    replace: 'if (check.vips?.length !== 0) return "all";',
    caughtBy: { test: "test/core/health_test.ts", name: "a check for some VIPs moves those alone" },
  },
  {
    fault: "health that has changed is nothing to report",
    file: "src/core/health.ts",
    find: "if (JSON.stringify(now.map(effectOf)) !== JSON.stringify(before.map(effectOf))) revise(turn, {});",
    replace: "",
    caughtBy: { checker: "promptness", seed: 8 },
  },
  {
    fault: "a host that starts does not wait for its checks",
    file: "src/core/node.ts",
    find: "(node.isHealthKnown || node.stopBy !== null);",
    replace: "(node.isHealthKnown || node.stopBy !== null || node.revision > 0);",
    caughtBy: {
      test: "test/core/health_test.ts",
      name: "a host that waits for its checks says nothing, and is not missed by a group that goes on",
    },
  },
  {
    fault: "a check fails as soon as it has failed once",
    file: "src/host/check_state.ts",
    find: "(isWell ? rise : fall)",
    replace: "(isWell ? rise : 1)",
    caughtBy: {
      test: "test/host/check_state_test.ts",
      name: "nextState() counts fewer failures in a row than fall for nothing",
    },
  },
  {
    fault: "a plain drain takes the place of one that persists",
    file: "src/daemon/drains.ts",
    find: "return { ...request, reason: this.#kept.reason };",
    replace: "return request;",
    caughtBy: {
      test: "test/daemon/drains_test.ts",
      name: "a plain drain after one that persists changes nothing; another reason that persists does",
    },
  },
  {
    fault: "what comes after a resume that waits for the disk overtakes it",
    file: "src/daemon/drains.ts",
    find: "request.persist === true || this.#isToResume();",
    replace: "request.persist === true;",
    caughtBy: {
      test: "test/daemon/drains_test.ts",
      name:
        "a drain is the last word after a resume that the disk has yet to take, whether it persists or not",
    },
  },
  {
    fault: "a drain that is overtaken by a resume begins when the disk has taken it",
    file: "src/daemon/drains.ts",
    find: "if (this.#isToResume()) return",
    replace: "if (this.#last === null) return",
    caughtBy: {
      test: "test/daemon/drains_test.ts",
      name: "resume is the last word, also after a drain that the disk has yet to take",
    },
  },
  {
    fault: "a file that could not be removed once is warned of for ever",
    file: "src/daemon/drains.ts",
    find: "this.#leftover = null;",
    replace: "",
    caughtBy: {
      test: "test/daemon/drains_test.ts",
      name: "a file that could not be removed is nothing to warn of when the host is drained for good again",
    },
  },
  {
    fault: "a word is taken for said when those before it were",
    file: "src/daemon/control_requests.ts",
    find: "words.said > asked && words.lost",
    replace: "words.said >= asked && words.lost",
    caughtBy: {
      test: "test/daemon/control_requests_test.ts",
      name:
        "planRequest() lets a word wait until it was said, and not only others that were asked for before it",
    },
  },
  {
    fault: "a word too many is asked for",
    file: "src/daemon/control_requests.ts",
    find: "asked - said >= WORDS_OPEN_MAX",
    replace: "asked - said > WORDS_OPEN_MAX",
    caughtBy: {
      test: "test/daemon/control_requests_test.ts",
      name: "planRequest() refuses a word only when as many wait as may",
    },
  },
  {
    fault: "a drain that cannot be kept begins all the same",
    file: "src/daemon/daemon.ts",
    find: 'if (prepared.kind === "refused") return prepared;',
    replace: "if (prepared === null) return prepared;",
    caughtBy: {
      test: "test/daemon/drains_test.ts",
      name: "a drain that cannot be kept is refused, and does not begin",
    },
  },
  {
    fault: "every VIP may be where the one before it may",
    file: "src/core/case.ts",
    find: "a === b || (a.length === b.length && a.every((host, i) => host === b[i]));",
    replace: "a === b || a.length <= b.length + 1e9;",
    caughtBy: { checker: "settlement", seed: 2 },
  },
  {
    fault: "what has a holder is placed anew in every view",
    file: "src/core/case.ts",
    find: 'return { basis: "held", choice: keepers.map(({ carrier }) => carrier) };',
    replace: 'return { basis: "held", choice: eligible };',
    caughtBy: {
      test: "test/core/allocator_test.ts",
      name:
        "allocate() leaves a VIP with its one holder, with its reason and age, however uneven the loads are",
    },
  },
  {
    fault: "weights are ignored",
    file: "src/core/loads.ts",
    find: "(carrier.count + 1) / carrier.weight;",
    replace: "carrier.count + 1;",
    caughtBy: {
      test: "test/core/allocator_test.ts",
      name: "allocate() gives a host of weight 2 twice as many VIPs",
    },
  },
  {
    fault: "the fullest host is taken for the emptiest",
    file: "src/core/loads.ts",
    find: "each.loadWithOneMore < best.loadWithOneMore) best",
    replace: "each.loadWithOneMore > best.loadWithOneMore) best",
    caughtBy: { checker: "evenness", seed: 1 },
  },
  // Different configurations.
  {
    fault: "two names for one address are both given away",
    file: "src/core/catalog.ts",
    find: "if (isFirst && isFree) open.add(name);",
    replace: "open.add(name);",
    caughtBy: { checker: "exclusive", seed: 81 },
  },
  {
    fault: "the laxer word on partitions counts",
    file: "src/core/catalog.ts",
    find: 'files.some(({ catalog }) => catalog.partition === "quorum")',
    replace: 'files.every(({ catalog }) => catalog.partition === "quorum")',
    caughtBy: {
      test: "test/core/catalog_test.ts",
      name: "of a serve and a quorum configuration the quorum one counts",
    },
  },
  {
    fault: "a VIP is given to a host that does not know it",
    file: "src/core/catalog.ts",
    find: "hosts: sorted(allowed.map(({ host }) => host)),",
    replace: "hosts: sorted(reference.hosts),",
    caughtBy: {
      test: "test/core/catalog_test.ts",
      name: "a VIP that only some hosts know is held by one of those, and nothing else moves",
    },
  },
  {
    fault: "of two files the one with fewer hosts tells what a majority is",
    file: "src/core/catalog.ts",
    find: "hostsCount: Math.max(...",
    replace: "hostsCount: Math.min(...",
    caughtBy: {
      test: "test/core/agreement_test.ts",
      name: "agree() counts the hosts of the file that has the most, whoever has it",
    },
  },
  {
    fault: "one file that says overlap is enough",
    file: "src/core/catalog.ts",
    find: 'versions.every(({ spec }) => spec.handover === "overlap")',
    replace: 'versions.some(({ spec }) => spec.handover === "overlap")',
    caughtBy: {
      test: "test/core/agreement_test.ts",
      name: "agree() lets a VIP change hands with an overlap only where every file allows it",
    },
  },
  // Datagrams.
  {
    fault: "the replay window ends nowhere",
    file: "src/codec/receiver.ts",
    find: '  if (age >= WINDOW) return "stale";\n',
    replace: "",
    caughtBy: {
      test: "test/codec/receiver_test.ts",
      name: "a message that later ones overtook is delivered, once, as long as it is inside the window",
    },
  },
  {
    fault: "a second copy is delivered",
    file: "src/codec/receiver.ts",
    find: '(life.delivered >>> age & 1) === 1 ? "repeated" : "new";',
    replace: '(life.delivered >>> age & 1) === 2 ? "repeated" : "new";',
    caughtBy: {
      test: "test/codec/receiver_test.ts",
      name: "the second copy of a datagram is repeated and no drop, of a whole message and of a part",
    },
  },
  {
    fault: "a datagram without the key counts",
    file: "src/codec/receiver.ts",
    find: '  if (!by.authenticator.accepts(signed, tag)) return dropped(receiver, "unauthenticated");\n',
    replace: "  by.authenticator.accepts(signed, tag);\n",
    caughtBy: {
      test: "test/codec/receiver_test.ts",
      name: "every datagram with one bit flipped is dropped and changes nothing but a counter",
    },
  },
  // Sudden ends, and what a lost holder may still have.
  {
    fault: "a host is suspected on a mere hint",
    file: "src/core/sudden_end.ts",
    find: "const until = after(now, patience(group.timing));",
    replace: "const until = now;",
    caughtBy: {
      test: "test/core/sudden_end_test.ts",
      name: "a host that answers the probe is not suspected, whenever its next heartbeat is due",
    },
  },
  {
    fault: "a fenced host sends a probe",
    file: "src/core/sudden_end.ts",
    find: '  if (turn.node.stage.kind !== "active") return;\n',
    replace: "",
    caughtBy: { test: "test/core/sudden_end_test.ts", name: "a fenced host asks nobody anything" },
  },
  {
    fault: "an answer to a probe is overheard",
    file: "src/core/heartbeat.ts",
    find: "const probe = isAnswered ? null : peer.probe;",
    replace: "const probe = peer.probe;",
    caughtBy: {
      test: "test/core/sudden_end_test.ts",
      name: "a host that answers the probe is not suspected, whenever its next heartbeat is due",
    },
  },
  {
    fault: "a probe is not answered",
    file: "src/core/heartbeat.ts",
    find: "update(turn, { said: null });",
    replace: "update(turn, {});",
    caughtBy: {
      test: "test/core/sudden_end_test.ts",
      name: "a host that answers the probe is not suspected, whenever its next heartbeat is due",
    },
  },
  {
    fault: "late words of a life that is over bring it back",
    file: "src/core/heartbeat.ts",
    find: "return !isOver(known, now, node.group.timing) || isAlive(known, message, claims);",
    replace: "return true;",
    caughtBy: {
      test: "test/core/sudden_end_test.ts",
      name: "what a life has said just before its end counts for nothing after it",
    },
  },
  {
    fault: "a host that was doubted wrongly never comes back",
    file: "src/core/heartbeat.ts",
    find: "(probe !== null && acknowledged !== undefined && acknowledged >= probe.sequence);",
    replace: "false;",
    caughtBy: {
      test: "test/core/sudden_end_test.ts",
      name: "a host that was suspected after a false hint is heard again once it has heard the probe",
    },
  },
  {
    fault: "what a dead daemon had is taken before its guard has removed it",
    file: "src/core/takeover.ts",
    find: "return of.hasEnded ? of.timeout : null;",
    replace: "return null;",
    caughtBy: { checker: "takeover", seed: 1 },
  },
  {
    fault: "takeover after-lease does not wait for the lease",
    file: "src/core/takeover.ts",
    find: 'if (takeover === "after-lease" && lease !== null) return',
    replace: 'if (takeover === "after-lease" && lease === null) return',
    caughtBy: { checker: "takeover", seed: 522 },
  },
  {
    fault: "a new holder does not wait for what a lost one may have",
    file: "src/core/holdings.ts",
    find: "mayTake: mayTake && !isUnreleased(turn.node, vip.name, now)",
    replace: "mayTake",
    caughtBy: { checker: "takeover", seed: 1 },
  },
  {
    fault: "the network is asked once only, and never again",
    file: "src/core/takeover.ts",
    find: "else lost.set(vip, { ...known, askAt: after(turn.now, askAgain) });",
    replace: "",
    caughtBy: { checker: "promptness", seed: 1 },
  },
  {
    fault: "the network is not asked who has a lost VIP",
    file: "src/core/takeover.ts",
    find: 'if (due.length > 0) turn.effects.push({ kind: "probeAddresses"',
    replace: 'if (due.length > 1e9) turn.effects.push({ kind: "probeAddresses"',
    caughtBy: { checker: "promptness", seed: 1 },
  },
  {
    fault: "of several words on a lost VIP the shortest wait counts",
    file: "src/core/takeover.ts",
    find: "extremeOf(words, (one, other) => (one?.remaining ?? 0) > (other?.remaining ?? 0));",
    replace: "shortestOf(words);",
    caughtBy: {
      test: "test/core/takeover_test.ts",
      name: "assignmentsOf() takes the longest wait that anybody knows of, for a VIP that nobody has",
    },
  },
  {
    fault: "a wait that is over goes on for whoever has the VIP",
    file: "src/core/takeover.ts",
    find: "claimed.length > 0 ? shortestOf(claimed) : longestOf(words)",
    replace: "longestOf(words)",
    caughtBy: {
      test: "test/core/takeover_test.ts",
      name: "assignmentsOf() believes those who have a VIP, or were given it, more than anybody else",
    },
  },
  {
    fault: "a lost holder that has come back is waited for all the same",
    file: "src/core/takeover.ts",
    find: "report.unreleased.filter(({ by }) => !members.has(by)).map(",
    replace: "report.unreleased.map(",
    caughtBy: {
      test: "test/core/takeover_test.ts",
      name:
        "takeover after-lease: a holder that comes back has released it, and nobody waits for its lease any more",
    },
  },
  {
    fault: "of two lost holders the last one ends the wait by coming back",
    file: "src/core/takeover.ts",
    find: "now >= before.until ? host : null;",
    replace: "now >= before.until ? host : host;",
    caughtBy: {
      test: "test/core/takeover_test.ts",
      name: "takeover after-lease: an heir that died and comes back says nothing of the holder before it",
    },
  },
  {
    fault: "what a host had that hung is waited for after its daemon has ended",
    file: "src/core/sudden_end.ts",
    find: 'if (peer.state === "silent") return endHolder(turn, host);',
    replace: 'if (peer.state === "silent") return;',
    caughtBy: {
      test: "test/core/sudden_end_test.ts",
      name:
        "takeover after-lease: what a host had that hung, and then died of it, is taken as soon as nobody answers",
    },
  },
  // Links and foreign holders.
  {
    fault: "a host keeps VIPs whose interface has no link",
    file: "src/core/links.ts",
    find: "unable: new Map([...unable, ...lost.map((vip) => [vip, never] as const)]),",
    replace: "",
    caughtBy: {
      test: "test/core/links_test.ts",
      name: "a host without a link gives its VIPs to hosts that have one, at once",
    },
  },
  {
    fault: "a host whose link is back is unable for ever",
    file: "src/core/links.ts",
    find: "back.map((vip) => [vip, until] as const)",
    replace: "back.map((vip) => [vip, never] as const)",
    caughtBy: {
      test: "test/core/links_test.ts",
      name: "a host whose link is back is given VIPs two heartbeats later",
    },
  },
  {
    fault: "a failure to add lets a host without a link try again",
    file: "src/core/inability.ts",
    find: "instant(Math.max(until, node.unable.get(vip) ?? now))",
    replace: "until",
    caughtBy: {
      test: "test/core/links_test.ts",
      name: "a failure to add does not make a host able that has no link",
    },
  },
  {
    fault: "a VIP is announced against a foreign holder whenever he is heard",
    file: "src/core/conflicts.ts",
    find: "at == null || now - at >= defendInterval;",
    replace: "at == null || now >= at;",
    caughtBy: {
      test: "test/core/conflicts_test.ts",
      name: "defend: a foreign holder is told of once, and the VIP announced against him once in 10 s",
    },
  },
  {
    fault: "a member of the view is taken for a foreign holder",
    file: "src/core/conflicts.ts",
    find: " || isExpected(turn, vip, by)) continue;",
    replace: ") continue;",
    caughtBy: {
      test: "test/core/conflicts_test.ts",
      name:
        "a member of the view is no foreign holder while it may not have done yet what the view asks of it",
    },
  },
  {
    fault: "a member that goes on answering is never told of",
    file: "src/core/conflicts.ts",
    find: "if (isInView(turn, by)) return !isSettled;",
    replace: "if (isInView(turn, by)) return true;",
    caughtBy: {
      test: "test/core/conflicts_test.ts",
      name: "a member of the view that goes on answering is told of, and the VIP announced against it",
    },
  },
  {
    fault: "a VIP that yields is left to the member that hands it over",
    file: "src/core/conflicts.ts",
    find: "return by.host === null && !isSettled &&",
    replace: "return by.host !== null && !isSettled &&",
    caughtBy: {
      test: "test/core/conflicts_test.ts",
      name: "yield: who still answers because the view has just taken it from him is not left to it",
    },
  },
  {
    fault: "a VIP that yields is taken though a stranger answers for it",
    file: "src/core/conflicts.ts",
    find: "    left.push({ vip, problem: problemOf(by) });\n",
    replace: "",
    caughtBy: {
      test: "test/core/conflicts_test.ts",
      name: "yield: the VIP is given up, and taken by nobody as long as a stranger answers for it",
    },
  },

  // Hooks.
  {
    fault: "renewals wait for before_acquire too",
    file: "src/daemon/address_work.ts",
    find: "!this.#acquired.has(vip) && gate.holdsUp(vip)",
    replace: "gate.holdsUp(vip)",
    caughtBy: {
      test: "test/daemon/address_work_test.ts",
      name:
        "renewals never wait, neither of what came at once nor of what has waited, while another one waits",
    },
  },
  {
    fault: "what before_acquire has let through is added without the node being woken first",
    file: "src/daemon/address_work.ts",
    find: 'this.#parts.submit({ kind: "clockTicked" });',
    replace: "",
    caughtBy: {
      test: "test/daemon/address_work_test.ts",
      name: "the node is woken before anything is added, and nothing is that it then gives up",
    },
  },
  {
    fault: "what is to be told of a foreign holder gives way to an acquisition",
    file: "src/daemon/hook_queue.ts",
    find: 'if (event === "foreign_holder") return;',
    replace: "",
    caughtBy: {
      test: "test/daemon/hook_work_test.ts",
      name: "what waits to be told of a foreign holder stays, whoever acquires the VIP",
    },
  },
  {
    fault: "what cannot be killed is waited for",
    file: "src/daemon/hook_queue.ts",
    find: 'outcome.kind !== "done"',
    replace: 'outcome.kind === "missing"',
    caughtBy: {
      test: "test/daemon/hook_work_test.ts",
      name:
        "before_acquire waits for one that cannot be killed no longer than a moment, be it its own or another",
    },
  },
  {
    fault: "a member that never had the VIP stops the hook before its acquisition",
    file: "src/core/holdings.ts",
    find: 'stateOf(node, name).kind === "held" && node.view',
    replace: "node.view",
    caughtBy: {
      test: "test/daemon/hook_gate_test.ts",
      name: "a hook goes on while hosts that never had its VIP come and go",
    },
  },
  {
    fault: "a before_acquire whose time is over keeps others from their start until it is gone",
    file: "src/daemon/hook_queue.ts",
    find: 'if (pool === "before") free();',
    replace: "",
    caughtBy: {
      test: "test/daemon/hook_work_test.ts",
      name: "a before_acquire whose time is over makes room for the next at once",
    },
  },
  {
    fault: "a batch is killed when one of its VIPs is acquired anew",
    file: "src/daemon/hook_queue.ts",
    find: "vips.length > 1 ? this.#leaveLane(entry, vip) : entry.process.end();",
    replace: "entry.process.end();",
    caughtBy: {
      test: "test/daemon/hook_work_test.ts",
      name:
        "a batch that runs for several VIPs goes on when one of them is acquired anew, and is not waited for",
    },
  },
  {
    fault: "a member that said farewell counts as lost",
    file: "src/daemon/hook_moments.ts",
    find: "!this.#left.has(host) && ",
    replace: "",
    caughtBy: {
      test: "test/daemon/hook_moments_test.ts",
      name: "a member that said farewell is not lost, but is the next time if it says none",
    },
  },
  // What is told of neighbours.
  {
    fault: "a host that starts is not told what the others have collected of their neighbours",
    file: "src/core/install.ts",
    find: "if (install.members.some((member) => isNew(node, member))) shareAgain(turn);",
    replace: "void [shareAgain, isNew];",
    caughtBy: {
      test: "test/core/neighbours_test.ts",
      name:
        "a host that starts is told within two heartbeats what the others have collected before, and tells its own",
    },
  },
  {
    fault: "neighbours are told anew in every view",
    file: "src/core/install.ts",
    find: "if (install.members.some((member) => isNew(node, member))) shareAgain(turn);",
    replace: "if (isNew(node, node.self) || install.members.length > 1) shareAgain(turn);",
    caughtBy: {
      test: "test/core/neighbours_test.ts",
      name: "a view without a newcomer is no cause to tell again",
    },
  },
  {
    fault: "the last neighbours of a list are never told",
    file: "src/core/neighbours.ts",
    find: "if (told >= neighbours.length || ",
    replace: "if (told + NEIGHBOURS_PER_MESSAGE_MAX >= neighbours.length || ",
    caughtBy: { checker: "neighbours", seed: 18 },
  },
  {
    fault: "neighbours are told after every heartbeat",
    file: "src/core/neighbours.ts",
    find: "update(turn, { collected: { ...collected, told: end } });",
    replace: "update(turn, { collected: { ...collected, told: end % neighbours.length } });",
    caughtBy: {
      test: "test/core/neighbours_test.ts",
      name: "what a host has collected is told to all others once, a few messages after each heartbeat",
    },
  },
  {
    fault: "an age that is told late is told as if it were new",
    file: "src/core/neighbours.ts",
    find: "age: duration(each.age + since)",
    replace: "age: duration(each.age + 0 * since)",
    caughtBy: { test: "test/core/neighbours_test.ts", name: "an age that is told later is longer" },
  },
  {
    fault: "neighbours that the sender has not collected are remembered of it",
    file: "src/core/node.ts",
    find: "        from: sender.host,\n        neighbours: message.neighbours,",
    replace: "        from: turn.node.self.host,\n        neighbours: message.neighbours,",
    caughtBy: { checker: "neighbours", seed: 57 },
  },
  // What is measured for people.
  {
    fault: "the age that an acknowledgement has is taken for way",
    file: "src/core/heartbeat.ts",
    find: "now - sent.at - hearing.age",
    replace: "now - sent.at",
    caughtBy: {
      test: "test/core/measure_test.ts",
      name: "the round trip is the two ways, however long a heartbeat waits for its answer",
    },
  },
  {
    fault: "heartbeats tell the age of the last message, though an older one came after the newest",
    file: "src/core/suspicion.ts",
    find: "sequenceAt: isNewest ? at.now : before.sequenceAt,",
    replace: "sequenceAt: at.now,",
    caughtBy: {
      test: "test/core/hearing_test.ts",
      name: "a message that is overtaken makes the newest one of its sender no younger",
    },
  },
  {
    fault: "a round trip is measured by a heartbeat that was said before the one acknowledged",
    file: "src/core/heartbeat.ts",
    find: "node.sent.find(({ sequence }) => sequence === hearing?.sequence)",
    replace: "node.sent.find(({ sequence }) => sequence <= (hearing?.sequence ?? 0))",
    caughtBy: {
      test: "test/core/measure_test.ts",
      name: "the round trip is the two ways, however long a heartbeat waits for its answer",
    },
  },
  {
    fault: "a long silence is counted as loss for ever",
    file: "src/core/measure.ts",
    find: "while (first > 0 && said < windowBeats)",
    replace: "while (first > 0)",
    caughtBy: {
      test: "test/core/measure_test.ts",
      name: "every tenth heartbeat that is lost is a tenth of the window, and is forgotten with it",
    },
  },
  {
    fault: "a heartbeat that comes late is taken for lost",
    file: "src/core/measure.ts",
    find: "heard: Math.min(last.heard + 1, last.said + ahead)",
    replace: "heard: last.heard + (ahead > 0 ? 1 : 0)",
    caughtBy: {
      test: "test/core/measure_test.ts",
      name: "what is missing among the numbers of heartbeats was lost, whatever the first of them is",
    },
  },
  {
    fault: "another version of the program is no member",
    file: "src/core/suspicion.ts",
    find: 'peer.state === "heard" && hearingOf(peer.heartbeat, self) !== undefined;',
    replace: 'peer.state === "heard" && hearingOf(peer.heartbeat, self) !== undefined && ' +
      'peer.heartbeat?.version !== "9.9.9";',
    caughtBy: {
      test: "test/core/measure_test.ts",
      name:
        "nothing that is measured decides anything: with other ages, counts and versions all goes the same way",
    },
  },
  {
    fault: "an earlier life of a host is shown as if it were heard",
    file: "src/core/monitor.ts",
    find: "(lives.get(host) ?? incarnation) === incarnation);",
    replace: "lives.has(host) || incarnation > 0);",
    caughtBy: {
      test: "test/core/monitor_test.ts",
      name: "groupSight() does not take hearing an earlier life of a host for hearing it",
    },
  },
  {
    fault: "the view tells nobody what members cannot hold",
    file: "src/core/coordinate.ts",
    find: "return some.map(({ host, report }) => ({ host, vips: report.unable.slice(0, each) }));",
    replace: "return [];",
    caughtBy: {
      test: "test/core/explain_test.ts",
      name: "explainVip() tells of each host why it could not hold the VIP, whoever is asked",
    },
  },
  {
    fault: "a VIP is said to be moved by balance though an operator's word holds it",
    file: "src/core/what_if.ts",
    find:
      "const moved = allocation.filter(({ vip, holder }) => view.allocation.get(vip)?.holder !== holder);",
    replace: "const moved = allocation;",
    caughtBy: {
      test: "test/core/explain_test.ts",
      name:
        "explainVip() tells where the next balance round would move a VIP, and nothing while an operator's word holds",
    },
  },
];
