// The lab's end of a probe: starts the script in a namespace, sends it commands, and gives its answers.

import { inside } from "./namespace.ts";
import type {
  EchoAnswer,
  EchoOptions,
  EchoWindow,
  HolderFigures,
  ProbeCommand,
  WatchAnswer,
  WatchOptions,
} from "./probe_protocol.ts";

export interface EchoProbe {
  begin(): Promise<void>;
  /** Ends the window. */
  end(): Promise<EchoWindow>;
  /** For each address, how long ago it last answered, in milliseconds; Infinity when it never did. */
  silentMs(): Promise<readonly number[]>;
  /** Sends nothing until unpause(): for measuring what else is on the network. */
  pause(): void;
  unpause(): void;
  close(): Promise<void>;
}

export interface HolderWatch {
  begin(): Promise<void>;
  end(): Promise<readonly HolderFigures[]>;
  /** For each address, the MACs that answered in the last round of questions. */
  holders(): Promise<readonly (readonly string[])[]>;
  pause(): void;
  unpause(): void;
  close(): Promise<void>;
}

/** Starts a client in the namespace that probes the addresses. */
export function startEchoProbe(namespace: string, options: EchoOptions): EchoProbe {
  const probe = startProbe<EchoAnswer>(namespace, "echo_probe.ts", options);
  return {
    begin: async () => void await probe.ask("begin"),
    end: async () => {
      const answer = await probe.ask("end");
      if (answer.kind === "window") return answer;
      throw new Error(`Cannot end the window: the probe answered "${answer.kind}"`);
    },
    silentMs: async () => {
      const answer = await probe.ask("peek");
      // JSON has no Infinity; it arrives as null.
      return answer.kind === "now" ? answer.silentMs.map((ms) => ms ?? Infinity) : [];
    },
    pause: probe.pause,
    unpause: probe.unpause,
    close: probe.close,
  };
}

/** Starts a watcher in the namespace that asks who holds the addresses. */
export function startHolderWatch(namespace: string, options: WatchOptions): HolderWatch {
  const probe = startProbe<WatchAnswer>(namespace, "holder_watch.ts", options);
  return {
    begin: async () => void await probe.ask("begin"),
    end: async () => {
      const answer = await probe.ask("end");
      return answer.kind === "window" ? answer.addresses : [];
    },
    holders: async () => {
      const answer = await probe.ask("peek");
      return answer.kind === "now" ? answer.holders : [];
    },
    pause: probe.pause,
    unpause: probe.unpause,
    close: probe.close,
  };
}

interface Probe<Answer> {
  ask(kind: ProbeCommand["kind"]): Promise<Answer>;
  pause(): void;
  unpause(): void;
  close(): Promise<void>;
}

function startProbe<Answer>(namespace: string, script: string, options: unknown): Probe<Answer> {
  const file = new URL(script, import.meta.url).pathname;
  const [program = "", ...words] = inside(namespace);
  const args = [...words, Deno.execPath(), "run", "-A", "--quiet", file, JSON.stringify(options)];
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "inherit" })
    .spawn();
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(splitLines()).getReader();
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask: (kind) => inTurn(() => askOnce(kind)),
    pause: () => child.kill("SIGSTOP"),
    unpause: () => child.kill("SIGCONT"),
    close,
  };

  /** One question at a time: answers come in the order of the questions. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  async function askOnce(kind: ProbeCommand["kind"]): Promise<Answer> {
    await writer.write(new TextEncoder().encode(JSON.stringify({ kind }) + "\n"));
    const { value, done } = await lines.read();
    if (done) throw new Error(`Cannot ask the probe ${script}: it ended`);
    return JSON.parse(value) as Answer;
  }

  async function close(): Promise<void> {
    // The end of its standard input is the probe's end. It may be gone already, with its namespace.
    await writer.close().catch(() => undefined);
    await lines.cancel();
    await child.status;
  }
}

function splitLines(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(chunk, out) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) out.enqueue(line);
    },
  });
}
