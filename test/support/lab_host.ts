// One host of a lab: a namespace with an interface on each of the lab's switches, and at most one daemon in it.
// Everything that can befall a host in a test is a method here.

import { mustRun, type Outcome, run } from "./command.ts";
import { askStatus } from "./control_socket.ts";
import { waitUntil } from "./wait.ts";
import { inside, ipBatch } from "./namespace.ts";
import { LAB_INTERFACE } from "./lab_config.ts";
import { LAB_UDP_PORT, type LabNetwork } from "./lab_network.ts";
import type { LabProgram } from "./lab_program.ts";
import type { Status } from "../../src/codec/control.ts";

export interface LabHostPlace {
  readonly name: string;
  readonly address: string;
  readonly address6: string;
  readonly mac: string;
  readonly namespace: string;
  /** The namespace of the lab's switches. */
  readonly switchNamespace: string;
  /** For the daemon's runtime directory and log. */
  readonly directory: string;
  /** What its daemon is. */
  readonly runs: LabProgram;
}

export interface StartOptions {
  /** Other words to start the program with. */
  readonly program?: readonly string[];
  /** Another configuration file than the lab's. */
  readonly configFile?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Before the program: a command that runs another, as `unshare`. It must keep the process id. */
  readonly wrapper?: readonly string[];
}

/** What the daemon of a host is up to, as far as the lab made it so. */
export type DaemonState = "absent" | "running" | "paused";

/** Whether frames pass between the host and the switch: "cut" takes the carrier away, "silent" leaves it. */
export type LinkState = "whole" | "cut" | "silent";

/** The name of the switch port that the host is plugged into. */
export const portOf = (host: string, network: LabNetwork): string =>
  network === "lan" ? host : `${host}-${network}`;

export class LabHost {
  readonly name: string;
  readonly runtimeDirectory: string;
  readonly stateDirectory: string;
  readonly logFile: string;
  #child: Deno.ChildProcess | null = null;
  #exit: Promise<Deno.CommandStatus> | null = null;
  #daemon: DaemonState = "absent";
  #links = new Map<LabNetwork, LinkState>();

  constructor(readonly place: LabHostPlace) {
    this.name = place.name;
    this.runtimeDirectory = `${place.directory}/run-${place.name}`;
    this.stateDirectory = `${place.directory}/state-${place.name}`;
    this.logFile = `${place.directory}/${place.name}.log`;
  }

  get daemon(): DaemonState {
    return this.#daemon;
  }

  /** Whether the lan, with its client, can reach this host. */
  get link(): LinkState {
    return this.#links.get("lan") ?? "whole";
  }

  /** The daemon's process id; 0 when none was started. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts the daemon; it is up when the lab has settled or its status answers. */
  start(options: StartOptions = {}): void {
    if (this.#daemon !== "absent") {
      throw new Error(`Cannot start the daemon of ${this.name}: it runs already`);
    }
    const [program = "", ...args] = [
      ...inside(this.place.namespace),
      ...["sh", "-c", 'exec "$@" >>"$0" 2>&1', this.logFile],
      ...(options.wrapper ?? []),
      ...this.place.runs.words(this, options),
    ];
    const child = new Deno.Command(program, {
      args,
      env: { ...options.env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
      // Ctrl-C is for the lab, which then ends its daemons itself.
      detached: true,
    }).spawn();
    this.#child = child;
    this.#daemon = "running";
    this.#exit = child.status.then((status) => {
      if (this.#child === child) this.#daemon = "absent";
      return status;
    });
  }

  /** A clean stop (SIGTERM); gives the exit code when the daemon is gone. */
  async stop(): Promise<number> {
    this.#signal("SIGTERM");
    return await this.exited();
  }

  /** Has the daemon read its configuration file again (SIGHUP). */
  reload(): void {
    this.#signal("SIGHUP");
  }

  /** Sudden death (SIGKILL). */
  async kill(): Promise<void> {
    this.#signalSuddenly("SIGKILL");
    await this.exited();
  }

  /** Stops the daemon in the middle of whatever it does (SIGSTOP); its addresses and kernel stay. */
  pause(): void {
    this.#signalSuddenly("SIGSTOP");
    this.#daemon = "paused";
  }

  /** Lets a paused daemon go on (SIGCONT). */
  unpause(): void {
    this.#signalSuddenly("SIGCONT");
    this.#daemon = "running";
  }

  /** The exit code of the daemon, once it has ended. */
  async exited(): Promise<number> {
    return (await this.#exit)?.code ?? 0;
  }

  /** Pulls the plug: the host sees its carrier go. */
  async cutLink(network: LabNetwork = "lan"): Promise<void> {
    await this.#plugPort(network, "down");
    this.#links.set(network, "cut");
  }

  /** The switch forwards nothing to or from this host any more, and the host cannot see why. */
  async silenceLink(network: LabNetwork = "lan"): Promise<void> {
    await this.#setForwarding(network, "0");
    this.#links.set(network, "silent");
  }

  /** Mends the link, however it was broken. */
  async healLink(network: LabNetwork = "lan"): Promise<void> {
    const isSilent = this.#links.get(network) === "silent";
    await (isSilent ? this.#setForwarding(network, "3") : this.#plugPort(network, "up"));
    this.#links.set(network, "whole");
  }

  /** Mends every link that is broken. */
  async healLinks(): Promise<void> {
    for (const [network, state] of this.#links) if (state !== "whole") await this.healLink(network);
  }

  /** The switch loses the group's datagrams to and from this host, and nothing else. */
  async loseDatagrams(network: LabNetwork): Promise<void> {
    const port = portOf(this.name, network);
    const chain = "type filter hook forward priority 0";
    const lost = `udp dport ${LAB_UDP_PORT} drop`;
    const rules =
      `table bridge ${port} { chain lose { ${chain}; iifname ${port} ${lost}; oifname ${port} ${lost}; }; }`;
    await mustRun([...inside(this.place.switchNamespace), "nft", "-f", "-"], { input: rules });
  }

  /** The end of loseDatagrams(). */
  async passDatagrams(network: LabNetwork): Promise<void> {
    const table = ["table", "bridge", portOf(this.name, network)];
    await mustRun([...inside(this.place.switchNamespace), "nft", "delete", ...table]);
  }

  /** Every address of the host's interface but its own and link-local ones, with prefix. */
  async addresses(): Promise<readonly string[]> {
    const text = await mustRun([
      "ip",
      "-n",
      this.place.namespace,
      "-json",
      "address",
      "show",
      "dev",
      LAB_INTERFACE,
    ]);
    const links = JSON.parse(text) as { addr_info?: { local: string; prefixlen: number; scope: string }[] }[];
    const own = [this.place.address, this.place.address6];
    return links.flatMap((link) => link.addr_info ?? [])
      .filter(({ local, scope }) => scope !== "link" && !own.includes(local))
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  }

  /** Adds an address behind the daemon's back. */
  async addAddress(address: string): Promise<void> {
    await mustRun(["ip", "-n", this.place.namespace, "address", "add", address, "dev", LAB_INTERFACE]);
  }

  /** Removes an address behind the daemon's back. */
  async removeAddress(address: string): Promise<void> {
    await mustRun(["ip", "-n", this.place.namespace, "address", "delete", address, "dev", LAB_INTERFACE]);
  }

  /** Removes every address that is not the host's own. */
  async removeAddresses(): Promise<void> {
    const lines = (await this.addresses()).map((each) => `address delete ${each} dev ${LAB_INTERFACE}`);
    await ipBatch(this.place.namespace, lines);
  }

  /** Runs a molehill command on this host, beside the daemon. */
  molehill(
    args: readonly string[],
    options: { readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Outcome> {
    const directory = args[0] === "check" || args[0] === "version"
      ? []
      : ["--runtime-dir", this.runtimeDirectory];
    const line = [...inside(this.place.namespace), ...this.place.runs.program, ...args, ...directory];
    return run(line, { ...options, atMostMs: 30_000 });
  }

  /** What the daemon says, as `molehill status --json` would; null when it does not answer. */
  async status(): Promise<Status | null> {
    // The command would be a program started for each host and look: too much when the hosts are many.
    const text = await askStatus(`${this.runtimeDirectory}/control.sock`);
    return text === null ? null : JSON.parse(text) as Status;
  }

  /** Waits until the daemon answers, in whatever phase it is. */
  async answers(): Promise<void> {
    await waitUntil(async () => (await this.status())?.host === this.name, {
      what: `the daemon of ${this.name} to answer`,
      diagnosis: () => this.log(),
    });
  }

  /** What the daemons of this host have written so far. */
  async log(): Promise<string> {
    return await Deno.readTextFile(this.logFile).catch(() => "");
  }

  #signal(signal: Deno.Signal, wholeGroup = false): void {
    if (this.#child === null || this.#daemon === "absent") {
      throw new Error(`Cannot send ${signal} to the daemon of ${this.name}: it does not run`);
    }
    Deno.kill(wholeGroup ? -this.#child.pid : this.#child.pid, signal);
  }

  /** What nobody can prepare for befalls all that the program consists of. */
  #signalSuddenly(signal: Deno.Signal): void {
    this.#signal(signal, this.place.runs.isProcessGroup);
  }

  async #plugPort(network: LabNetwork, word: "up" | "down"): Promise<void> {
    const port = portOf(this.name, network);
    await mustRun(["ip", "-n", this.place.switchNamespace, "link", "set", port, word]);
  }

  /** The state of a bridge port: 0 is disabled, 3 forwards. (`ip link set ... type bridge_slave` has no effect.) */
  async #setForwarding(network: LabNetwork, state: "0" | "3"): Promise<void> {
    const port = ["dev", portOf(this.name, network), "state", state];
    await mustRun(["bridge", "-n", this.place.switchNamespace, "link", "set", ...port]);
  }
}
