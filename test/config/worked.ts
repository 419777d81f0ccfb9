// The slow way to a bound's worth: reads the formula as a person would.

/** What the formula comes to, in milliseconds. */
export function worked(formula: string, worth: Readonly<Record<string, number>>): number {
  const text = formula.replaceAll("- ", "+ -");
  return text.split(" + ").reduce((sum, term) => {
    const [, sign, times = "1", name = "", divisor = "1"] =
      /^(-?)(?:([\d.]+) )?([a-z]+)(?: \/ (\d+))?$/.exec(term) ?? [];
    const each = name === "s" ? 1_000 : worth[name] ?? NaN;
    return sum + (sign === "-" ? -1 : 1) * Number(times) * each / Number(divisor);
  }, 0);
}
