// What is wrong with a file, as values. A check yields findings: what is so, and the path of keys that leads to
// it. places.ts then turns paths into lines and columns. Every message reads "action subject: what is so
// (wanted what)", so that it can be understood without the manual.

/** The keys and list positions (from 0) that lead to a value. */
export type Path = readonly (string | number)[];

/** Something worth telling about a file, not yet placed. */
export interface Finding {
  /** A warning does not keep the file from being used. */
  readonly severity: "error" | "warning";
  readonly path: Path;
  /** Whether the key itself is meant, or its value. */
  readonly at: "key" | "value";
  readonly message: string;
  /** The value that is wrong, as TOML would write it. */
  readonly found?: string;
  readonly wanted?: string;
}

/** A finding with its place. */
export interface Problem {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** As "host[0].weight"; list positions count from 0. Empty for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly found?: string;
  readonly wanted?: string;
}

/** A problem as people and editors read it: FILE:LINE:COLUMN: message. */
export function renderProblem(file: string, { line, column, message }: Problem): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** The finding that a value cannot be used: what it was to be, what is so, what was wanted instead. */
export function cannotUse(
  found: unknown,
  { as, path, fact, wanted, at = "value" }: {
    /** What the value was meant for, as "weight of host "test00"". */
    readonly as: string;
    readonly path: Path;
    readonly fact: string;
    readonly wanted?: string;
    readonly at?: "key" | "value";
  },
): Finding {
  const text = asToml(found);
  const message = explained(`Cannot use ${text} as ${as}`, { fact, wanted });
  return { severity: "error", path, at, message, found: text, ...(wanted === undefined ? {} : { wanted }) };
}

/** The finding that a file says too little or too much at a place. */
export function cannotRead(
  subject: string,
  { path, fact, wanted, at = "key" }: {
    readonly path: Path;
    readonly fact: string;
    readonly wanted?: string;
    readonly at?: "key" | "value";
  },
): Finding {
  const message = explained(`Cannot read ${subject}`, { fact, wanted });
  return { severity: "error", path, at, message, ...(wanted === undefined ? {} : { wanted }) };
}

/** Advice: the file can be used, but a person should know. */
export function advice(message: string, path: Path): Finding {
  return { severity: "warning", path, at: "key", message };
}

function explained(
  action: string,
  { fact, wanted }: { readonly fact: string; readonly wanted: string | undefined },
): string {
  if (wanted === undefined) return `${action}: ${fact}`;
  return `${action}: ${fact} (${wanted.startsWith("did you mean") ? "" : "wanted "}${wanted})`;
}

/** The value on one short line, about as TOML would write it. */
export function asToml(value: unknown): string {
  const text = tomlText(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function tomlText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return String(value).replace("Infinity", "inf").replace("NaN", "nan");
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(tomlText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const pairs = Object.entries(value).map(([key, each]) => `${key} = ${tomlText(each)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** The path on one line, as "vip[2].addresses[0].address". */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, key) => typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`,
    "",
  );
}
