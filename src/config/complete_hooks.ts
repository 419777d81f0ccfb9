// From the tables of [hooks] to hooks: what a table leaves out, [hooks] says for all of them.

import type { Hook, HookEvent, Hooks } from "../core/hook.ts";
import { duration, vipName } from "../core/vocabulary.ts";
import type { FileTables } from "./schema.ts";

/** Failover waits for it, so that it has a limit of its own whatever [hooks] says of the others; in milliseconds. */
export const beforeAcquireTimeout = 2_000;

type HooksTable = FileTables["hooks"];

/** What any hook's table may say. */
export interface HookTable {
  readonly command: readonly string[];
  readonly user?: string | undefined;
  readonly timeout?: number | undefined;
  readonly vips?: readonly string[] | undefined;
  readonly batch?: boolean | undefined;
  readonly on_failure?: Hook["onFailure"] | undefined;
}

/** The hooks that [hooks] stands for. */
export function completeHooks(tables: HooksTable): Hooks {
  const hooksOf = (event: HookEvent) =>
    tablesOf(tables[event]).map((table) => hookOf(table, { event, tables }));
  return {
    before_acquire: hooksOf("before_acquire"),
    acquire: hooksOf("acquire"),
    release: hooksOf("release"),
    view: hooksOf("view"),
    partition: hooksOf("partition"),
    foreign_holder: hooksOf("foreign_holder"),
  };
}

/** One table stands for a list of one. */
export const tablesOf = (tables: HookTable | readonly HookTable[]): readonly HookTable[] =>
  isList(tables) ? tables : [tables];

const isList = (tables: HookTable | readonly HookTable[]): tables is readonly HookTable[] =>
  Array.isArray(tables);

function hookOf(
  { command, user, timeout, vips, batch, on_failure: onFailure }: HookTable,
  { event, tables }: { readonly event: HookEvent; readonly tables: HooksTable },
): Hook {
  return {
    command,
    user: user ?? tables.user ?? null,
    timeout: duration(timeout ?? (event === "before_acquire" ? beforeAcquireTimeout : tables.timeout)),
    vips: vips?.map(vipName) ?? null,
    batch: batch ?? false,
    onFailure: onFailure ?? "refuse",
  };
}
