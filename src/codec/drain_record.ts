// A drain that outlives its daemon, as the text of the file that it is kept in.

import { line, number, object, parseJson } from "./json_shape.ts";
import { REASON } from "./one_line.ts";
import { type Parsed, problem } from "./parsed.ts";

export interface DrainRecord {
  /** An operator's own words; may be empty. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The last day that a calendar of the language has, in milliseconds since 1970. */
const LAST_DAY = 8.64e15;

const recordShape = object<DrainRecord>({ reason: line(REASON), since: number });

export const drainRecordText = ({ reason, since }: DrainRecord): string =>
  `${JSON.stringify({ reason, since })}\n`;

/** Reads the file; the problem is for people. */
export function parseDrainRecord(text: string): Parsed<DrainRecord> {
  const record = parseJson(text, recordShape);
  if (record.ok && !(Math.abs(record.value.since) <= LAST_DAY)) {
    return problem("its time is no time");
  }
  return record;
}
