// Pieces of TOML as text. Whatever goes in, what comes out is read back as just that.

/** A text as a TOML basic string. */
export const quoted = (text: string): string =>
  JSON.stringify(text.toWellFormed()).replaceAll("\u007f", "\\u007f");

/** A list of texts. */
export const list = (texts: readonly string[]): string => `[${texts.map(quoted).join(", ")}]`;

/** A table on one line; the values are TOML already. */
export function inlineTable(pairs: readonly (readonly [key: string, value: string])[]): string {
  const texts = pairs.map(([key, value]) => `${keyText(key)} = ${value}`);
  return texts.length === 0 ? "{}" : `{ ${texts.join(", ")} }`;
}

const keyText = (key: string): string => /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);

/** Milliseconds as the file writes them. */
export const durationOf = (ms: number): string => quoted(ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`);

const columns = 100;

/** A comment, broken into lines; `hanging`: with further lines set in. */
export function comment(
  text: string,
  { hanging = false }: { readonly hanging?: boolean } = {},
): readonly string[] {
  const lines: string[] = [];
  let line = "#";
  // deno-lint-ignore no-control-regex
  for (const word of text.replace(/[\u0000-\u0008\u000e-\u001f\u007f]/g, "?").toWellFormed().split(/\s+/)) {
    if (line.length > 1 && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = hanging ? "#  " : "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
