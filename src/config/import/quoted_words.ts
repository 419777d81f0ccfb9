// Words as keepalived takes them apart, twice: those of a line of its file, and those of the command that is one of
// them. No shell looks at either. What stands in quotes, of either kind, belongs to one word; a backslash takes the next
// character as it is, or stands for one that cannot be written (keepalived.conf(5), "Quoted strings").

/** In quotes, or behind a backslash; to be put into other patterns. */
export const quotedStretch = String
  .raw`"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\\(?:x[\da-fA-F]+|c[^]|[0-7]{1,3}|[^])`;

/** A word without its quotes and backslashes. A quote that is not closed is a character like others. */
export const unquoted = (raw: string): string =>
  raw.replace(
    new RegExp(quotedStretch, "gu"),
    (found) => unescaped(/^["']/.test(found) ? found.slice(1, -1) : found),
  );

const unescaped = (text: string): string =>
  text.replace(/\\(?:x([\da-fA-F]+)|c([^])|([0-7]{1,3})|([^]))/gu, (_, hex, control, octal, plain) => {
    if (plain !== undefined) return named.get(plain) ?? plain;
    const code = hex !== undefined
      ? parseInt(hex.slice(-2), 16)
      : control !== undefined
      ? control.charCodeAt(0) & 0x1f
      : parseInt(octal, 8) & 0xff;
    // A zero byte ends texts there, and no program can be given one.
    return code === 0 ? "" : String.fromCharCode(code);
  });

const named = new Map(
  Object.entries({ a: "\x07", b: "\b", E: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" }),
);

const rawWords = (text: string): readonly string[] =>
  [...text.matchAll(new RegExp(String.raw`(?:${quotedStretch}|[^\s\\]|\\)+`, "gu"))].map(([raw]) => raw);

/** The words of a command. */
export const commandWords = (command: string): readonly string[] => rawWords(command).map(unquoted);

/** Whether somebody had a shell in mind. Older versions of keepalived had one; now these are words like others. */
export const isForShell = (command: string): boolean =>
  rawWords(command).some((raw) => /^(?:\|\|?|&&?|;|&?\d?[<>].*|.*[^\\];)$/u.test(raw));

/** What is to be said of that. */
export const shellWhy =
  "keepalived 2 starts no shell, and gives its program these words as they are; with a shell, as it may have been meant, " +
  "it is written as a comment";

/** A command as a list that starts with a path. Without one keepalived looks in PATH, and so does env(1). */
export function callOf(command: string): readonly string[] {
  if (isForShell(command)) return ["/bin/sh", "-c", command.trim()];
  const words = commandWords(command);
  return words[0]?.startsWith("/") === true ? words : ["/usr/bin/env", ...words];
}

/** What comes behind the last slash. */
export const basename = (path: string): string => path.split("/").at(-1) || path;
