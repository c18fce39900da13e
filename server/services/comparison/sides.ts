import { mostComparedRuns } from "@/lib/contract/comparison";
import { readRuns } from "@/server/db/runs/compared-runs";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { type Settings, settingsKey, settingsOf } from "./settings";

/** Runs that differ in their seed alone; at least one. */
export type Side = { readonly name: string; readonly first: RunRow; readonly runs: readonly RunRow[]; readonly settings: Settings };

/**
 * The sides of a comparison by comma-separated run ids.
 *
 * @throws ServiceError `invalid` for fewer than two or too many, `notFound` for a run that is gone
 */
export async function readSides({ store }: Pick<ServiceContext, "store">, runIds: string): Promise<Side[]> {
  const ids = runIds.split(",").filter((id) => id !== "");
  if (ids.length < 2)
    throw new ServiceError("invalid", "A comparison needs at least two runs: select another in the table of runs.", { field: "runs" });
  if (ids.length > mostComparedRuns)
    throw new ServiceError("invalid", `${ids.length} runs are too many: a comparison takes at most ${mostComparedRuns}.`, {
      field: "runs",
    });
  const rows = await readRuns(store.db, [...new Set(ids)]);
  return sidesOf(ids.map((id) => found(rows.get(id), `run ${id}`)));
}

/** Two of the sides, by place. @throws ServiceError `invalid` where there is none */
export function pairOf(sides: readonly Side[], places: { readonly first: number; readonly second: number }): readonly [Side, Side] {
  const [first, second] = [sides[places.first], sides[places.second]];
  if (first !== undefined && second !== undefined) return [first, second];
  const field = first === undefined ? "first" : "second";
  throw new ServiceError("invalid", `There is no side ${places[field]}: these runs form ${sides.length}, from 0.`, { field });
}

/** Groups runs into sides, each where its first run stands; a run that comes again opens a side of its own kind beside the first. */
export function sidesOf(rows: readonly RunRow[]): Side[] {
  const groups = new Map<string, RunRow[]>();
  const times = new Map<string, number>();
  for (const row of rows) {
    const time = (times.get(row.id) ?? 0) + 1;
    times.set(row.id, time);
    const key = `${time} ${groupKey(row)}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const formed = groups.size === 1 ? rows.map((row) => [row]) : [...groups.values()];
  return named(
    formed.flatMap((runs) => {
      const [first] = runs;
      return first === undefined ? [] : [{ name: sharedName(runs), first, runs, settings: settingsOf(first) }];
    }),
  );
}

/** Whether two sides were told the same: then only their seeds, or nothing, can make them differ. */
export function isOfOneMethod(one: Side, other: Side): boolean {
  return groupKey(one.first) === groupKey(other.first);
}

/** Runs that were trained elsewhere are never said to be of one kind, since what they were told is not known. */
function groupKey(row: RunRow): string {
  return row.imported === null ? `${row.provenance["data"] ?? ""} ${settingsKey(settingsOf(row))}` : row.id;
}

/** What names of several runs begin with, without what is left of a seed's number. */
function sharedName(runs: readonly RunRow[]): string {
  const [first = "", ...others] = runs.map(({ name }) => name);
  if (others.length === 0) return first;
  if (others.every((name) => name === first)) return first;
  let length = first.length;
  for (const name of others) while (!name.startsWith(first.slice(0, length))) length--;
  const shared = first.slice(0, length).replace(/[\s,·(_-]*(?:s|seed)?[\s_-]*\d*$/i, "");
  return shared.length >= 3 ? shared : first;
}

/** A name that an earlier side has gets a number. */
function named(sides: Side[]): Side[] {
  const seen = new Map<string, number>();
  return sides.map((side) => {
    const count = (seen.get(side.name) ?? 0) + 1;
    seen.set(side.name, count);
    return count === 1 ? side : { ...side, name: `${side.name} (${count})` };
  });
}
