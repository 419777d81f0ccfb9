// A command line as the words of a program's call, which no shell looks at.

/** The words; quotes hold words together, a backslash takes the next character as it is. */
export function commandWords(command: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of command.matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\]|['"\\])+/g)) {
    words.push(
      word.replace(
        /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
        (_, single, double, escaped) => single ?? double?.replace(/\\(.)/g, "$1") ?? escaped,
      ),
    );
  }
  return words;
}

/** The same, or a shell's call where it takes a shell, or a search for the program. */
export function shellWords(command: string): readonly string[] {
  const words = commandWords(command);
  const isPlain = !/[|&;<>()$`*?[\]~\n]/.test(command) && words[0]?.startsWith("/") === true;
  return isPlain ? words : ["/bin/sh", "-c", command.trim()];
}

/** What comes behind the last slash. */
export const basename = (path: string): string => path.split("/").at(-1) || path;
