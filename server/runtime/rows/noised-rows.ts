import { Random } from "@/lib/numbers/random";
import type { CleanDataRow } from "./clean-rows";
import type { ImageDataRow, Noised, ReadRow } from "./read-row";

/** An image as a diffusion model reads it in a collection. */
export type NoisedRow = ImageDataRow & { readonly noised: Noised };

/** Rows at the time steps that they bring; the others await `atTimesteps`, and are at time step 0 without. */
export function noisedRows(rows: readonly CleanDataRow[]): NoisedRow[] {
  return rows.map(({ classNumber, drawn, ...row }) => {
    const timestep = drawn?.timestep ?? 0;
    return { ...row, domain: domainOf(timestep), noised: { classNumber, dataRow: row.row, timestep, noise: drawn?.noise } };
  });
}

/**
 * Each row at each of these time steps, which are its domains: row r at the i-th of n becomes row n · r + i. Rows that bring their noise stay as they are.
 */
export function atTimesteps(rows: readonly ReadRow[], timesteps: readonly number[]): ReadRow[] {
  return rows.flatMap((one): ReadRow[] => {
    const row = demandNoised(one);
    if (row.noised.noise !== undefined) return [row];
    return timesteps.map((timestep, i) => ({
      ...row,
      row: row.row * timesteps.length + i,
      domain: domainOf(timestep),
      noised: { ...row.noised, timestep },
    }));
  });
}

/** The middles of five equal parts; how many is our choice. */
export function evenTimesteps(numTimesteps: number): number[] {
  return [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => Math.floor(part * numTimesteps));
}

/** @throws Error for a row of another kind of model */
export function demandNoised(row: ReadRow): NoisedRow {
  if (row.ids === undefined && row.noised !== undefined) return { ...row, noised: row.noised };
  throw new Error(`row ${row.row} is not a noisy image, but a diffusion model reads those`);
}

/** Keeps these numbers apart from those of training and evaluation. */
const OF_COLLECTION = -4;

/** The noise of a row, the same in every collection. */
export function collectionNoise(row: number, size: number): Float32Array {
  return Random.ofNumbers([row, OF_COLLECTION]).normals(size);
}

/** The time step that a row was read at; null where it is of no diffusion model. */
export function timestepOf(row: ReadRow): number | null {
  return row.ids === undefined ? (row.noised?.timestep ?? null) : null;
}

/** The number in the data of what a row was read from. */
export function dataRowOf(row: ReadRow): number {
  return row.ids === undefined ? (row.noised?.dataRow ?? row.row) : row.row;
}

/** Domains are sorted by their names, so that numbers have as many digits each. */
function domainOf(timestep: number): string {
  return `time step ${String(timestep).padStart(4, "0")}`;
}
