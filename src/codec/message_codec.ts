// The messages of core/message.ts as bytes: one table, read from top to bottom on both sides.
//
// The numbers are the format. A change of a number, of a field or of the order of fields needs a new
// FORMAT_VERSION in datagram.ts; the recorded datagrams of the tests fail until somebody has decided on it.

import { DIFFERENCES_MAX } from "../core/catalog.ts";
import {
  CHECKS_MAX,
  HOSTS_MAX,
  INTERFACE_BYTES_MAX,
  MESSAGE_BYTES_MAX,
  NAME_BYTES_MAX,
  NEIGHBOURS_PER_MESSAGE_MAX,
  SETTING_BYTES_MAX,
  SETTINGS_MAX,
  VIPS_MAX,
  WORDS_OPEN_MAX,
  WORDS_SAID_MAX,
} from "../core/limits.ts";
import type {
  Assignment,
  Catalog,
  Difference,
  Differing,
  Failing,
  FailingCheck,
  Heard,
  HeldVip,
  KnownNeighbour,
  Matter,
  Message,
  MoveReason,
  Report,
  SaidWord,
  Unable,
  Unreleased,
  Vouch,
  Wish,
  Word,
} from "../core/message.ts";
import {
  type Duration,
  duration,
  type HostName,
  hostName,
  type Incarnation,
  incarnation,
  type Member,
  type Sequence,
  sequence,
  type Setting,
  type ViewId,
  type ViewNumber,
  viewNumber,
  type VipAddress,
  type VipName,
  vipName,
  type VipSpec,
} from "../core/vocabulary.ts";
import { unicast } from "./wire_address.ts";
import {
  ascending,
  bool,
  type Codec,
  fixed,
  list,
  mapped,
  nullable,
  oneOf,
  record,
  union,
  varint,
} from "./wire.ts";
import { following, repeatable, text } from "./wire_text.ts";

const name = following(NAME_BYTES_MAX);
const host: Codec<HostName> = mapped(repeatable(name), { write: (text) => text, read: hostName });
const vip: Codec<VipName> = mapped(name, { write: (text) => text, read: vipName });
const viewCount: Codec<ViewNumber> = mapped(varint, { write: (number) => number, read: viewNumber });

/** 48 bits: chance has no small numbers that a varint would make shorter. */
export const incarnationCodec: Codec<Incarnation> = mapped(fixed(6), {
  write: (value) => value,
  read: incarnation,
});
export const sequenceCodec: Codec<Sequence> = mapped(varint, { write: (value) => value, read: sequence });

/** Whole milliseconds; a part of one is cut off. */
const age: Codec<Duration> = mapped(varint, {
  write: (length) => Math.max(0, Math.floor(length)),
  read: duration,
});

/** In units of 10 us: fine enough for a round trip on a quiet LAN. */
const fineAge: Codec<Duration> = mapped(varint, {
  write: (length) => Math.max(0, Math.round(length * 100)),
  read: (units) => duration(units / 100),
});

/** Whole milliseconds; a part of one counts as one, for whoever waits so long must not stop too soon. */
const atLeast: Codec<Duration> = mapped(varint, {
  write: (length) => Math.max(0, Math.ceil(length)),
  read: duration,
});

const view: Codec<ViewId> = record<ViewId>({
  number: viewCount,
  coordinator: host,
  incarnation: incarnationCodec,
});
const member: Codec<Member> = record<Member>({ host, incarnation: incarnationCodec });
const heard: Codec<Heard> = record<Heard>({
  host,
  incarnation: incarnationCodec,
  sequence: sequenceCodec,
  age: fineAge,
});

const reason: Codec<MoveReason> = oneOf<MoveReason>({
  unheld: 0,
  holderGone: 1,
  drained: 2,
  preferred: 3,
  merged: 4,
  balance: 5,
  operator: 6,
  unhealthy: 7,
});

const heldVip: Codec<HeldVip> = record<HeldVip>({ vip, reason, age });

const vouch: Codec<Vouch> = record<Vouch>({ host, remaining: atLeast });

const wish: Codec<Wish> = union<Wish>({
  move: { number: 0, fields: { vip, to: host } },
  balance: { number: 1, fields: {} },
});

const hosts = ascending(host, { by: (each) => each, countMax: HOSTS_MAX });
const vips = ascending(vip, { by: (each) => each, countMax: VIPS_MAX });
const members = ascending(member, { by: (each) => each.host, countMax: HOSTS_MAX });

const handover = oneOf<VipSpec["handover"]>({ exclusive: 0, overlap: 1 });

const unreleased: Codec<Unreleased> = record<Unreleased>({
  by: nullable(host),
  remaining: atLeast,
  endsInSilence: bool,
});

const unreleasedVip: Codec<Report["unreleased"][number]> = record<Report["unreleased"][number]>({
  vip,
  by: nullable(host),
  remaining: atLeast,
  endsInSilence: bool,
});

const assignment: Codec<Assignment> = record<Assignment>({
  vip,
  holder: host,
  reason,
  age,
  from: hosts,
  handover,
  unreleased: nullable(unreleased),
});

const vipAddress: Codec<VipAddress> = record<VipAddress>({
  address: name,
  family: mapped(bool, { write: (family) => family === 6, read: (isSix) => (isSix ? 6 : 4) }),
  prefix: varint,
  interface: repeatable(name),
});

const vipSpec: Codec<VipSpec> = record<VipSpec>({
  name: vip,
  addresses: list(vipAddress, VIPS_MAX),
  prefer: list(host, HOSTS_MAX),
  hosts,
  handover,
  takeover: oneOf<VipSpec["takeover"]>({ "at-once": 0, "after-lease": 1 }),
  foreignHolder: oneOf<VipSpec["foreignHolder"]>({ defend: 0, yield: 1 }),
});

const formerVip: Codec<Catalog["former"][number]> = record<Catalog["former"][number]>({
  name: vip,
  addresses: list(vipAddress, VIPS_MAX),
});

const settingText = text(SETTING_BYTES_MAX);

const setting: Codec<Setting> = record<Setting>({ name: following(SETTING_BYTES_MAX), value: settingText });

const catalog: Codec<Catalog> = record<Catalog>({
  partition: oneOf<Catalog["partition"]>({ serve: 0, quorum: 1 }),
  hosts,
  vips: ascending(vipSpec, { by: (each) => each.name, countMax: VIPS_MAX }),
  settings: ascending(setting, { by: (each) => each.name, countMax: SETTINGS_MAX }),
  former: ascending(formerVip, { by: (each) => each.name, countMax: VIPS_MAX }),
});

const difference: Codec<Difference> = record<Difference>({
  name: settingText,
  here: nullable(settingText),
  elsewhere: nullable(settingText),
});

const differing: Codec<Differing> = record<Differing>({
  host,
  differences: list(difference, DIFFERENCES_MAX),
  more: varint,
});

const spoken = text(MESSAGE_BYTES_MAX);

/** In hundredths of a millisecond. */
const part: Codec<Duration> = mapped(varint, {
  write: (length) => Math.max(0, Math.round(length * 100)),
  read: (hundredths) => duration(hundredths / 100),
});

const matter: Codec<Matter> = union<Matter>({
  message: { number: 0, fields: { text: spoken } },
  drained: { number: 1, fields: { reason: spoken } },
  resumed: { number: 2, fields: { reason: spoken } },
  moveAsked: { number: 3, fields: { vip, to: host } },
  balanceAsked: { number: 4, fields: {} },
  foreignHolder: { number: 5, fields: { mac: text(NAME_BYTES_MAX), vips, more: varint } },
  foreignHolderGone: { number: 6, fields: { mac: text(NAME_BYTES_MAX), vips, more: varint } },
  failover: {
    number: 7,
    fields: {
      vips,
      more: varint,
      from: host,
      detect: part,
      agree: part,
      acquire: part,
      announce: part,
      confirm: nullable(part),
    },
  },
});

const word: Codec<Word> = record<Word>({ number: varint, matter });
const saidWord: Codec<SaidWord> = record<SaidWord>({ number: varint, matter, by: member, view });

const neighbour: Codec<KnownNeighbour> = record<KnownNeighbour>({
  interface: repeatable(text(INTERFACE_BYTES_MAX)),
  address: unicast,
  age,
});

const failingCheck: Codec<FailingCheck> = record<FailingCheck>({
  check: name,
  vips: nullable(vips),
  problem: settingText,
});

const failing: Codec<Failing> = record<Failing>({
  host,
  check: name,
  vips: nullable(vips),
  problem: settingText,
  more: varint,
});

const unable: Codec<Unable> = record<Unable>({ host, vips });

/** Every message there is. */
export const messageCodec: Codec<Message> = union<Message>({
  heartbeat: {
    number: 1,
    fields: {
      view: nullable(view),
      promised: nullable(view),
      follows: host,
      revision: varint,
      mature: bool,
      draining: bool,
      waits: bool,
      heard: ascending(heard, { by: (each) => each.host, countMax: HOSTS_MAX }),
      releasing: vips,
      acquiring: vips,
      digest: text(NAME_BYTES_MAX),
      timeout: age,
      beat: varint,
      version: text(NAME_BYTES_MAX),
    },
  },
  propose: {
    number: 2,
    fields: { view, members, digest: text(NAME_BYTES_MAX) },
  },
  report: {
    number: 3,
    fields: {
      view,
      revision: varint,
      mature: bool,
      draining: bool,
      held: ascending(heldVip, { by: (each) => each.vip, countMax: VIPS_MAX }),
      releasing: vips,
      unable: vips,
      damped: hosts,
      vouching: ascending(vouch, { by: (each) => each.host, countMax: HOSTS_MAX }),
      unreleased: ascending(unreleasedVip, { by: (each) => each.vip, countMax: VIPS_MAX }),
      wishes: list(wish, VIPS_MAX),
      catalog: nullable(catalog),
      words: list(word, WORDS_OPEN_MAX),
      said: list(saidWord, WORDS_SAID_MAX),
      failing: ascending(failingCheck, { by: (each) => each.check, countMax: CHECKS_MAX }),
    },
  },
  install: {
    number: 4,
    fields: {
      view,
      members,
      mature: bool,
      wait: atLeast,
      allocation: ascending(assignment, { by: (each) => each.vip, countMax: VIPS_MAX }),
      differing: ascending(differing, { by: (each) => each.host, countMax: HOSTS_MAX }),
      words: list(saidWord, WORDS_SAID_MAX),
      failing: ascending(failing, { by: ({ host, check }) => `${host}\0${check}`, countMax: HOSTS_MAX }),
      failedOpen: vips,
      unable: ascending(unable, { by: (each) => each.host, countMax: HOSTS_MAX }),
    },
  },
  farewell: {
    number: 5,
    fields: {},
  },
  probe: {
    number: 6,
    fields: {},
  },
  neighbours: {
    number: 7,
    fields: { neighbours: list(neighbour, NEIGHBOURS_PER_MESSAGE_MAX) },
  },
});
