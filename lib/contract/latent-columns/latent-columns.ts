import { denseColumns } from "./dense-columns";
import { effectColumns } from "./effect-columns";
import { firingColumns } from "./firing-columns";
import type { LatentColumn } from "./latent-column";
import { laterColumns } from "./later-columns";
import { placeColumns } from "./place-columns";
import { textColumns } from "./text-columns";

/** Every column of the table of latents, in the order of a row. A statistic is added here, and computed in `server/engine/features/latent-statistics.ts`. */
export const latentColumns = { ...placeColumns, ...firingColumns, ...effectColumns, ...textColumns, ...laterColumns, ...denseColumns };

type Columns = typeof latentColumns;
export type LatentColumnName = keyof Columns;
/** Columns whose description says `Part`. */
export type ColumnsWith<Part extends keyof LatentColumn> = {
  [Name in LatentColumnName]: Part extends keyof Columns[Name] ? Name : never;
}[LatentColumnName];
/** Numbers that are computed from a pass's accumulators. */
export type FiringStatistic = { [Name in LatentColumnName]: Columns[Name]["source"] extends "firings" ? Name : never }[LatentColumnName];

/** All of these keys: `latentColumns` has no others. */
export const latentColumnNames = Object.keys(latentColumns) as LatentColumnName[];

/** Names of the columns whose description says `part`, in the order of a row. */
export function columnsWith<Part extends keyof LatentColumn>(part: Part): ColumnsWith<Part>[] {
  return latentColumnNames.filter((name): name is ColumnsWith<Part> => part in latentColumns[name]);
}

/** A column's description with its optional parts. */
export function columnOf(name: LatentColumnName): LatentColumn {
  return latentColumns[name];
}

/** Whether a column says something of these latents. */
export function tellsOf(name: LatentColumnName, isDense: boolean): boolean {
  const { only } = columnOf(name);
  return only === undefined || (only === "dense") === isDense;
}

/** The schemas of a row's values. */
export const latentSchemas = Object.fromEntries(latentColumnNames.map((name) => [name, latentColumns[name].schema])) as {
  // One schema a name, as it stands there.
  [Name in LatentColumnName]: Columns[Name]["schema"];
};

/** Every number that is stored as it is and may be missing, as null: what an imported latent starts from. */
export const unknownNumbers = Object.fromEntries(
  columnsWith("stored").flatMap((name) => (columnOf(name).stored?.isKnown === true ? [] : [[name, null]])),
) as { [Name in Exclude<ColumnsWith<"stored">, "fireCount" | "attributionCount">]: null };
