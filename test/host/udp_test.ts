// Three hosts on two switches, and on them segments of every kind at once, two of which share a port:
//
//     eth0 ══ switch A   192.168.0.0/16   broadcast "a4", unicast "u4"
//     eth1 ══ switch B   10.9.0.0/24 and fd00:9::/64   multicast "m4", "m6", "l6" (on the link only), unicast "u6"
//
// Every host's default route leads to switch A, so that a multicast that does not name its interface goes astray.

import assert from "node:assert/strict";
import { mustRun } from "../support/command.ts";
import { createNamespaces, deleteNamespaces, inside, ipBatch, newLabPrefix } from "../support/namespace.ts";
import { waitUntil } from "../support/wait.ts";
import { linesOf } from "./lines.ts";

const SCRIPT = new URL("udp_script.ts", import.meta.url).pathname;
const HOSTS = ["h0", "h1", "h2"] as const;
type Host = (typeof HOSTS)[number];

const SEGMENTS = [
  { segment: "a4", mode: "broadcast", address: "192.168.255.255", port: 4803, local: "192.168.0." },
  { segment: "u4", mode: "unicast", address: null, port: 4804, local: "192.168.0." },
  { segment: "m4", mode: "multicast", address: "239.1.2.3", port: 4803, local: "10.9.0." },
  { segment: "m6", mode: "multicast", address: "ff15::4803", port: 4805, local: "fd00:9::" },
  { segment: "l6", mode: "multicast", address: "ff02::4803", port: 4806, local: "fd00:9::" },
  { segment: "u6", mode: "unicast", address: null, port: 4807, local: "fd00:9::" },
] as const;
const NAMES = SEGMENTS.map(({ segment }) => segment).sort();

/** The segments as this host has them. */
const placesOf = (host: Host) =>
  SEGMENTS.map(({ local, ...segment }) => ({
    ...segment,
    local: `${local}${HOSTS.indexOf(host) + 1}`,
    peers: Object.fromEntries(
      HOSTS.filter((each) => each !== host).map((each) => [each, `${local}${HOSTS.indexOf(each) + 1}`]),
    ),
  }));

class Speaker {
  readonly heard: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;

  constructor(namespace: string, places: readonly unknown[]) {
    const [program = "", ...args] = inside(namespace);
    const script = [Deno.execPath(), "run", "--no-check", "-A", SCRIPT, JSON.stringify(places)];
    this.#child = new Deno.Command(program, { args: [...args, ...script], stdin: "piped", stdout: "piped" })
      .spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) this.heard.push(line);
  }

  async say(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Which segments carried the text to it, sorted. */
  segmentsOf(text: string): readonly string[] {
    return this.heard.filter((line) => line.endsWith(` ${text}`)).map((line) => line.split(" ")[0] ?? "")
      .sort();
  }

  async hearsByAll(text: string): Promise<void> {
    await waitUntil(() => NAMES.every((name) => this.segmentsOf(text).includes(name)), {
      what: `"${text}" to be heard`,
      diagnosis: () => `heard by ${this.segmentsOf(text)}`,
    });
  }

  /** Ends its input, on which it closes its sockets and ends. */
  async close(): Promise<void> {
    await this.#input.close();
    const limit = setTimeout(() => this.#child.kill("SIGKILL"), 30_000);
    const { code } = await this.#child.status;
    clearTimeout(limit);
    await this.#reading;
    assert.equal(code, 0, "close() ends");
  }
}

class Net implements AsyncDisposable {
  readonly prefix = newLabPrefix();
  readonly speakers: Speaker[] = [];
  readonly #names = ["switch", ...HOSTS].map((name) => this.prefix + name);

  static async lay(): Promise<Net> {
    const net = new Net();
    await createNamespaces(net.#names);
    const ports = HOSTS.flatMap((host) => [`a${host}`, `b${host}`]);
    await ipBatch(`${net.prefix}switch`, [
      "link add name bra type bridge",
      "link add name brb type bridge",
      "link set bra up",
      "link set brb up",
      ...HOSTS.flatMap((host) => [
        `link add a${host} type veth peer name eth0 netns ${net.prefix}${host}`,
        `link add b${host} type veth peer name eth1 netns ${net.prefix}${host}`,
      ]),
      ...ports.flatMap((port) => [`link set ${port} master br${port.slice(0, 1)}`, `link set ${port} up`]),
    ]);
    for (const [at, host] of HOSTS.entries()) {
      await ipBatch(net.prefix + host, [
        "link set eth0 up",
        "link set eth1 up",
        `address add 192.168.0.${at + 1}/16 dev eth0`,
        `address add 10.9.0.${at + 1}/24 dev eth1`,
        `address add fd00:9::${at + 1}/64 dev eth1 nodad`,
        "route add default via 192.168.8.1",
        "route add fd01::/16 dev eth0",
      ]);
    }
    return net;
  }

  async speakerOn(host: Host, places: readonly unknown[] = placesOf(host)): Promise<Speaker> {
    const speaker = new Speaker(this.prefix + host, places);
    this.speakers.push(speaker);
    await waitUntil(() => speaker.heard.length > 0, { what: `${host} to say that it is open` });
    return speaker;
  }

  /** Speakers that hear each other: a switch that was just made may take a moment to forward. */
  async speakersOn<const Names extends readonly Host[]>(
    ...hosts: Names
  ): Promise<{ [At in keyof Names]: Speaker }> {
    const speakers = await Promise.all(hosts.map((host) => this.speakerOn(host)));
    for (const speaker of speakers) {
      await waitUntil(async () => {
        await speaker.say("broadcast ready");
        const others = speakers.filter((other) => other !== speaker);
        return others.every((other) => NAMES.every((name) => other.segmentsOf("ready").includes(name)));
      }, { what: "the speakers to hear each other" });
      // What was said twice must not be taken for the next one's word.
      await speaker.say("broadcast last");
      await Promise.all(
        speakers.filter((other) => other !== speaker).map((other) => other.hearsByAll("last")),
      );
      for (const each of speakers) each.heard.splice(0);
    }
    return speakers as { [At in keyof Names]: Speaker };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.speakers.splice(0).map((speaker) => speaker.close().catch(() => {})));
    deleteNamespaces(this.#names);
  }
}

Deno.test("broadcast() reaches every other host on every segment, and not the sender", async () => {
  await using net = await Net.lay();
  const [h0, h1, h2] = await net.speakersOn("h0", "h1", "h2");
  await h0.say("broadcast hello");
  await Promise.all([h1.hearsByAll("hello"), h2.hearsByAll("hello")]);
  assert.deepEqual(h1.segmentsOf("hello"), NAMES);
  await h1.say("broadcast answer");
  await Promise.all([h0.hearsByAll("answer"), h2.hearsByAll("answer")]);
  // A broadcast comes back to its sender, who knows its own; the others must not.
  assert.deepEqual(h0.segmentsOf("hello").filter((name) => name !== "a4"), []);
});

Deno.test("send() reaches one host, on every segment it shares with us", async () => {
  await using net = await Net.lay();
  const [h0, h1, h2] = await net.speakersOn("h0", "h1", "h2");
  await h0.say("send h2 secret");
  await h2.hearsByAll("secret");
  await h0.say("broadcast after");
  await h1.hearsByAll("after");
  assert.deepEqual(h2.segmentsOf("secret"), NAMES);
  assert.deepEqual(h1.segmentsOf("secret"), []);
});

Deno.test("adopt() adds and takes away hosts that are spoken to one by one", async () => {
  await using net = await Net.lay();
  const placesWith = (...hosts: readonly Host[]) =>
    placesOf("h0").map((place) => ({
      ...place,
      peers: Object.fromEntries(
        Object.entries(place.peers).filter(([name]) => hosts.some((each) => each === name)),
      ),
    }));
  const h0 = await net.speakerOn("h0", placesWith("h1"));
  const [h1, h2] = await net.speakersOn("h1", "h2");
  const unicast = ["u4", "u6"];
  const heardBy = (speaker: Speaker, text: string) =>
    speaker.segmentsOf(text).filter((segment) => unicast.includes(segment));
  const says = async (text: string, to: Speaker) => {
    await waitUntil(async () => {
      await h0.say(`broadcast ${text}`);
      await h0.say(`send h1 ${text}`);
      await h0.say(`send h2 ${text}`);
      return unicast.every((segment) => to.segmentsOf(text).includes(segment));
    }, { what: `"${text}" to be heard` });
  };
  await says("before", h1);
  await h0.say(`adopt ${JSON.stringify(placesWith("h2"))}`);
  await says("after", h2);
  assert.deepEqual([heardBy(h2, "before"), heardBy(h1, "after")], [[], []]);
});

Deno.test("close() ends only when what was said before it has been sent", async () => {
  await using net = await Net.lay();
  const [h0, h1] = await net.speakersOn("h0", "h1");
  await h0.say("broadcast farewell");
  await h0.close();
  await h1.hearsByAll("farewell");
});

Deno.test("a host that was cut off, and one whose interfaces were down, speak and hear again afterwards", async () => {
  await using net = await Net.lay();
  const [h0, h1] = await net.speakersOn("h0", "h1");
  const onSwitch = (change: string) =>
    ipBatch(`${net.prefix}switch`, [`link set ah1 ${change}`, `link set bh1 ${change}`]);
  await onSwitch("down");
  await h1.say("broadcast lost");
  await h0.say("broadcast lost");
  await onSwitch("up");
  await untilBothHear({ h0, h1 }, "after-the-cut");

  await ipBatch(`${net.prefix}h1`, ["link set eth0 down", "link set eth1 down"]);
  await h1.say("broadcast lost");
  const told = /^warning Cannot send on segment "a4": [A-Z]+; the other hosts may take this one for dead$/;
  await waitUntil(() => h1.heard.some((line) => told.test(line)), {
    what: "the failure to be told",
    diagnosis: () => h1.heard.filter((line) => line.startsWith("warning")).join("\n"),
  });
  await h1.say("broadcast lost");
  // The kernel takes IPv6 addresses off an interface that goes down; the system puts them back.
  await ipBatch(`${net.prefix}h1`, [
    "link set eth0 up",
    "link set eth1 up",
    "address add fd00:9::2/64 dev eth1 nodad",
  ]);
  await untilBothHear({ h0, h1 }, "after-the-down");
  assert.equal(h1.heard.filter((line) => told.test(line)).length, 1, "of many failures one is told");
});

Deno.test("a host whose interface was deleted and made anew hears the IPv4 multicast group again", async () => {
  await using net = await Net.lay();
  const places = (host: Host) => placesOf(host).filter(({ segment }) => segment === "m4");
  const h0 = await net.speakerOn("h0", places("h0"));
  const h1 = await net.speakerOn("h1", places("h1"));
  await ipBatch(`${net.prefix}h1`, ["link del eth1"]);
  await ipBatch(`${net.prefix}switch`, [
    `link add bh1 type veth peer name eth1 netns ${net.prefix}h1`,
    "link set bh1 master brb",
    "link set bh1 up",
  ]);
  await ipBatch(`${net.prefix}h1`, ["link set eth1 up", "address add 10.9.0.2/24 dev eth1"]);
  await waitUntil(async () => {
    await Promise.all([h0.say("broadcast from-h0"), h1.say("broadcast from-h1")]);
    return h1.segmentsOf("from-h0").length > 0 && h0.segmentsOf("from-h1").length > 0;
  }, { what: "the new interface to be joined" });
});

/** Repeats, for a switch may take a moment to forward again; a lost datagram is never sent twice by itself. */
async function untilBothHear(
  { h0, h1 }: { readonly h0: Speaker; readonly h1: Speaker },
  text: string,
): Promise<void> {
  await waitUntil(async () => {
    await Promise.all([h0.say(`broadcast ${text}-0`), h1.say(`broadcast ${text}-1`)]);
    return NAMES.every((name) =>
      h1.segmentsOf(`${text}-0`).includes(name) && h0.segmentsOf(`${text}-1`).includes(name)
    );
  }, {
    what: `both to hear "${text}" on all segments`,
    everyMs: 50,
    diagnosis: () =>
      `h1 heard by ${new Set(h1.segmentsOf(`${text}-0`)).size}: ${[
        ...new Set(h1.segmentsOf(`${text}-0`)),
      ]}, ` +
      `h0 by ${[...new Set(h0.segmentsOf(`${text}-1`))]}`,
  });
}

Deno.test("openNetwork() says for each segment why it cannot be opened, and opens none", async () => {
  await using net = await Net.lay();
  await net.speakerOn("h0", placesOf("h0").filter(({ segment }) => segment === "u4" || segment === "a4"));
  const wrong = placesOf("h0").map((place) => {
    if (place.segment === "m4") return { ...place, local: "10.9.0.77" };
    if (place.segment === "u6") return { ...place, local: "fd00:9::77" };
    return place;
  });
  const wrongGroup = { ...placesOf("h0")[0], segment: "b4", port: 4809, address: "192.168.9.255" };
  const second = await net.speakerOn("h0", [...wrong, wrongGroup]);
  assert.deepEqual(JSON.parse(second.heard[0] ?? ""), [
    'Cannot open segment "a4": port 4803 of 192.168.0.1 is in use by another program',
    'Cannot open segment "u4": port 4804 of 192.168.0.1 is in use by another program',
    'Cannot open segment "m4": 10.9.0.77 is not an address of this host',
    'Cannot open segment "u6": fd00:9::77 is not an address of this host',
    'Cannot open segment "b4": 192.168.9.255 is not a broadcast address of this host',
  ]);
  const sockets = await mustRun([...inside(`${net.prefix}h0`), "cat", "/proc/net/udp", "/proc/net/udp6"]);
  assert.equal(sockets.split("\n").filter((line) => /^ *\d+:/.test(line)).length, 3);
});

Deno.test("a segment whose interface is down at the start is opened when it is up, and the others work until then", async () => {
  await using net = await Net.lay();
  const onB = { segment: "b4", mode: "broadcast", address: "10.9.0.255", port: 4808 } as const;
  const places = (host: Host) => [
    ...placesOf(host).filter(({ segment }) => segment === "a4"),
    { ...onB, local: `10.9.0.${HOSTS.indexOf(host) + 1}`, peers: {} },
  ];
  await ipBatch(`${net.prefix}h0`, ["link set eth1 down"]);
  const h0 = await net.speakerOn("h0", places("h0"));
  const h1 = await net.speakerOn("h1", places("h1"));
  assert.equal(
    h0.heard[0],
    'warning Cannot open segment "b4": eth1, which has 10.9.0.1, is down; it is opened as soon as that is possible',
  );
  const heardBy = (speaker: Speaker, other: Speaker, text: string) => async () => {
    await other.say(`broadcast ${text}`);
    return [...new Set(speaker.segmentsOf(text))].join();
  };
  await waitUntil(async () => await heardBy(h0, h1, "early")() === "a4", {
    what: "the first segment to work",
  });
  await ipBatch(`${net.prefix}h0`, ["link set eth1 up"]);
  await waitUntil(async () => await heardBy(h0, h1, "late")() === "a4,b4", { what: "both to work" });
  assert.ok(h0.heard.includes('info Opened segment "b4"'));
});

Deno.test("openNetwork() says which interface is down when no segment can be opened", async () => {
  await using net = await Net.lay();
  await ipBatch(`${net.prefix}h0`, ["link set eth0 down"]);
  const speaker = await net.speakerOn("h0", placesOf("h0").filter(({ segment }) => segment === "a4"));
  assert.deepEqual(JSON.parse(speaker.heard[0] ?? ""), [
    'Cannot open segment "a4": eth0, which has 192.168.0.1, is down',
  ]);
});
