// What `ip -force -batch -` says on standard error about the lines it was given. It carries on after a line that
// failed, and names it right after the reason:
//
//   Cannot find device "eth9"
//   Command failed -:2
//
// and ends with code 1. A line that it cannot even read (a malformed address) ends the whole batch, with a reason and
// no such mark: nobody then knows what was done, so every line counts as failed.

/** For each of the `count` lines of a batch that ended with `code`: what went wrong, or null. */
export function parseBatchProblems(
  stderr: string,
  { count, code }: { readonly count: number; readonly code: number },
): readonly (string | null)[] {
  const problems = new Array<string | null>(count).fill(null);
  let reason = "";
  for (const line of stderr.split("\n").map((each) => each.trim()).filter((each) => each !== "")) {
    const failed = Number(/^Command failed -:(\d+)$/.exec(line)?.[1]);
    if (Number.isNaN(failed)) reason = line.replace(/^(Error|RTNETLINK answers): /, "");
    else if (failed >= 1 && failed <= count) [problems[failed - 1], reason] = [reason || "it failed", ""];
  }
  const carriedOn = reason === "" &&
    (code === 0 || (code === 1 && problems.some((problem) => problem !== null)));
  if (carriedOn) return problems;
  const why = reason === "" ? `ip ended with code ${code}` : reason;
  return problems.map((problem) => problem ?? why);
}

/**
 * Whether the reason that `address del` gives says that the address is not there. Kernels before 6.10 answer with a
 * number (EADDRNOTAVAIL) that ip puts into words, later ones with words of their own.
 */
export function saysNotThere(problem: string): boolean {
  return /^(ipv[46]: address not found\.?|Cannot assign requested address|Cannot find device ".*"|No such device|ipv6: IPv6 is disabled on this device\.?)$/i
    .test(problem);
}
