// Network namespaces: each is a machine of its own as far as addresses, neighbours and routes go. Their names
// carry the process that made them ("mhlab-<pid>-<n>-test00"), so that several labs can run at once and a lab whose
// process died is recognised as litter and swept away by the next one.

import { mustRun, run } from "./command.ts";

/** Says why labs cannot run here, in words for a stranger; null when they can. */
export async function labObstacle(): Promise<string | null> {
  if (Deno.uid() !== 0) {
    return "Cannot make network namespaces: this needs root, and you are user " + Deno.uid() +
      '.\nRun it again as root: sudo -E env "PATH=$PATH" <the same command>';
  }
  const version = await run(["ip", "-V"]);
  if (version.code === 127) {
    return 'Cannot make network namespaces: the program "ip" is missing.\nInstall it: apt-get install iproute2';
  }
  const name = `mhlab-${Deno.pid}-0-try`;
  const made = await run(["ip", "netns", "add", name]);
  await run(["ip", "netns", "delete", name]);
  if (made.code === 0) return null;
  return `Cannot make network namespaces: ${made.stderr.trim()}.\n` +
    "A container needs to be started with more rights for it, for example docker run --privileged.";
}

let labsMade = 0;

/** A prefix that no other lab of this or another process has. */
export const newLabPrefix = (): string => `mhlab-${Deno.pid}-${++labsMade}-`;

/** Makes the namespaces, with lo up and IPv6 ready at once (no duplicate address detection, no router queries). */
export async function createNamespaces(names: readonly string[]): Promise<void> {
  for (const name of names) await mustRun(["ip", "netns", "add", name]);
  for (const name of names) {
    await mustRun([...inside(name), "sh", "-c", QUIET_IPV6]);
    await mustRun(["ip", "-n", name, "link", "set", "lo", "up"]);
  }
}

const QUIET_IPV6 = `cd /proc/sys/net/ipv6/conf 2>/dev/null || exit 0
for scope in all default; do
  echo 0 > $scope/accept_dad; echo 0 > $scope/accept_ra; echo 0 > $scope/router_solicitations
  echo 0 > $scope/dad_transmits; echo 0 > $scope/disable_ipv6
done`;

/** The words that run a command inside a namespace. The command keeps the process id, so signals reach it. */
export const inside = (name: string): readonly string[] => ["ip", "netns", "exec", name];

/** Runs lines of `ip` inside a namespace, one process for all. */
export async function ipBatch(name: string, lines: readonly string[]): Promise<void> {
  await mustRun(["ip", "-n", name, "-batch", "-"], { input: lines.join("\n") + "\n" });
}

/**
 * Kills what runs in the namespaces and deletes them. Synchronous, so that it also works in a signal handler or
 * while the process is on its way out.
 */
export function deleteNamespaces(names: readonly string[]): void {
  for (const name of names) {
    for (const pid of output(["ip", "netns", "pids", name]).split("\n")) if (pid !== "") killNow(Number(pid));
    output(["ip", "netns", "delete", name]);
  }
}

/** Deletes the namespaces and the temporary directories of labs whose process is gone. */
export function sweepDeadLabs(): void {
  const namespaces = output(["ip", "netns", "list"]).split("\n").map((line) => line.split(" ")[0] ?? "");
  deleteNamespaces(namespaces.filter(isOfDeadLab));
  const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
  for (const { name } of [...Deno.readDirSync(temporary)].filter((entry) => isOfDeadLab(entry.name))) {
    Deno.removeSync(`${temporary}/${name}`, { recursive: true });
  }
}

function isOfDeadLab(name: string): boolean {
  const pid = /^mhlab-(\d+)-\d+-/.exec(name)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}

function output([program = "", ...args]: readonly string[]): string {
  const { stdout } = new Deno.Command(program, { args, stdout: "piped", stderr: "null" }).outputSync();
  return new TextDecoder().decode(stdout);
}

function killNow(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It ended on its own in between.
  }
}

function isAlive(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch {
    return false;
  }
}
