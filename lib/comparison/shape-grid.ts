import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import { meanOf } from "@/lib/numbers/intervals";
import { valuesOf } from "./side-values";

type Better = "higher" | "lower";

/** A number by k and numLatents. */
export type ShapeGrid = {
  /** Ascending. */
  readonly ks: readonly number[];
  readonly sizes: readonly number[];
  /** By k, then by numLatents; null where there is none. */
  readonly cells: readonly (readonly (number | null)[])[];
};

/** Values by k and numLatents, the best of several of one shape; null for fewer than two of either. */
export function shapeGrid(
  values: readonly { readonly k: number; readonly numLatents: number; readonly value: number }[],
  better: Better,
): ShapeGrid | null {
  const ks = ascending(values.map(({ k }) => k));
  const sizes = ascending(values.map(({ numLatents }) => numLatents));
  if (ks.length < 2 || sizes.length < 2) return null;
  const best = better === "lower" ? Math.min : Math.max;
  const cells = ks.map((k) =>
    sizes.map((size) => {
      const own = values.flatMap((one) => (one.k === k && one.numLatents === size ? [one.value] : []));
      return own.length === 0 ? null : best(...own);
    }),
  );
  return { ks, sizes, cells };
}

/** How a cell is coloured: from −1 (the best) to 1 (the worst); 0 if all are equal. */
export function gridShade({ cells }: Pick<ShapeGrid, "cells">, better: Better): (value: number) => number {
  const values = cells.flat().filter((value) => value !== null);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const sign = better === "lower" ? 1 : -1;
  return (value) => (most > least ? (sign * (2 * value - least - most)) / (most - least) : 0);
}

/** A score over k and numLatents of the largest group of sides that differ only in these; null for fewer than two of either. */
export function shapeGridOfSides(sides: readonly ComparedSide[], score: ScoreOfSides): ShapeGrid | null {
  const shaped = sides.flatMap(({ k, numLatents, shapeGroup }, place) => {
    const values = valuesOf(score, place);
    return k === null || numLatents === null || values.length === 0 ? [] : [{ shapeGroup, k, numLatents, value: meanOf(values) }];
  });
  const groups = [...new Set(shaped.map(({ shapeGroup }) => shapeGroup))].map((group) =>
    shaped.filter(({ shapeGroup }) => shapeGroup === group),
  );
  const [largest = []] = groups.sort((a, b) => b.length - a.length);
  return shapeGrid(largest, score.better);
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
