import { type Ramp, rampColour } from "@/components/plots/ramp";
import type { PositionGrid } from "@/lib/contract/positions/position-kind";

type Positions = readonly { readonly activation: number | null }[];

/** What a grid's drawing is computed from: `positions` lie at `first` and on. */
export type HeatGridPart = {
  readonly positions: Positions;
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly grid: PositionGrid;
};

/** Cells of one colour as one path, in units of a cell; `fill` is null where no activation is stored. */
type HeatPath = { readonly fill: string | null; readonly path: string };

/**
 * The cells of a grid at which a latent has an activation, or at which none is stored: a path a colour, so that an image of many patches is few
 * elements.
 */
export function heatPaths({ positions, from, to, first, grid }: HeatGridPart, colourMax: number, ramp: Ramp = "act"): HeatPath[] {
  const paths = new Map<string | null, string>();
  for (let place = Math.max(from, grid.leading - first); place < to; place++) {
    const activation = positions[place]?.activation ?? null;
    if (activation === 0) continue;
    const { column, row } = cellOf(first + place, grid);
    const fill = activation === null ? null : rampColour(activation, colourMax, ramp);
    paths.set(fill, `${paths.get(fill) ?? ""}M${column} ${row}h1v1h-1z`);
  }
  return [...paths].map(([fill, path]) => ({ fill, path }));
}

/** Column and row of a position that is a cell, from 0. */
export function cellOf(position: number, { columns, leading }: PositionGrid): { column: number; row: number } {
  const cell = position - leading;
  return { column: cell % columns, row: Math.floor(cell / columns) };
}

/** Rows down to the last of the positions. */
export function rowsOf({ positions, first, grid }: HeatGridPart): number {
  return Math.max(1, cellOf(first + positions.length - 1, grid).row + 1);
}

/** The place of the cell at a point, 0…1 of the grid's width and height; null where it holds none of the positions. */
export function placeAt(part: HeatGridPart, x: number, y: number): number | null {
  const { first, grid, from, to } = part;
  const column = Math.min(grid.columns - 1, Math.floor(x * grid.columns));
  const place = grid.leading + Math.floor(y * rowsOf(part)) * grid.columns + column - first;
  return place >= from && place < to ? place : null;
}
