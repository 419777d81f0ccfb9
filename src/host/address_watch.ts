// Tells when the addresses of this host change. The kernel's own word comes through `ip monitor`, a child that ends
// with the daemon; a line a burst is as good as a hundred, for whoever is called looks for himself.
//
// While the child is gone nothing is heard, so its return counts as a change too.

import { type MonitorEvent, parseMonitorLine } from "../codec/ip_monitor.ts";
import { kill } from "./command.ts";
import type { Programs } from "./programs.ts";
import { createRespawn } from "./respawn.ts";

export interface AddressWatchOptions {
  readonly programs: Pick<Programs, "ip" | "setpriv">;
  /** Whether an event is worth a call. Asked for every line. */
  readonly isNews: (event: MonitorEvent) => boolean;
  readonly changed: () => void;
}

export interface AddressWatch {
  close(): Promise<void>;
}

export function startAddressWatch({ programs, isNews, changed }: AddressWatchOptions): AddressWatch {
  const respawn = createRespawn();
  const bell = createBell(changed);
  let child: Deno.ChildProcess | null = null;
  let closed = false;
  let watching = watch();

  return {
    async close() {
      closed = true;
      respawn.cancel();
      bell.silence();
      if (child !== null) kill(child, "SIGTERM");
      await watching;
    },
  };

  /** One life of the child, from its start to its end. */
  async function watch(): Promise<void> {
    try {
      child = startMonitor(programs);
      await readLines(child.stdout, hear);
      await child.status;
    } catch {
      // It could not be started. Trying again is all there is to do; the slow poll of the daemon goes on.
    }
    child = null;
    if (!closed) respawn.schedule(restart);
  }

  function restart(): void {
    watching = watch();
    bell.ring();
  }

  function hear(line: string): void {
    respawn.succeeded();
    if (isNews(parseMonitorLine(line))) bell.ring();
  }
}

function startMonitor({ ip, setpriv }: Pick<Programs, "ip" | "setpriv">): Deno.ChildProcess {
  const args = ["--pdeathsig", "TERM", ip, "-o", "monitor", "address", "link"];
  return new Deno.Command(setpriv, { args, stdin: "null", stdout: "piped", stderr: "null" }).spawn();
}

async function readLines(stream: ReadableStream<Uint8Array>, hear: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(hear);
  }
}

/** How long a burst of lines may take to be answered by one call. */
const BURST_MS = 5;

/** Rung many times in a burst, it calls once. */
function createBell(call: () => void): { ring(): void; silence(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    ring() {
      timer ??= setTimeout(() => {
        timer = undefined;
        call();
      }, BURST_MS);
    },
    silence: () => clearTimeout(timer),
  };
}
