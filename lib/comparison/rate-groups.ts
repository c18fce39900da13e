import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import { type RangedPoint, rangedPoint, valuesOf } from "./side-values";

type RatedSide = { readonly side: ComparedSide; readonly point: RangedPoint };

/** A score against the learning rate: groups of sides that differ only in it, of two or more rates, each in ascending order. */
export function rateGroups(sides: readonly ComparedSide[], score: ScoreOfSides): RatedSide[][] {
  const rated = sides.flatMap((side, place) => {
    const values = valuesOf(score, place);
    if (side.learningRate === null || side.learningRate <= 0 || values.length === 0) return [];
    return [{ side, point: rangedPoint(side.learningRate, values) }];
  });
  return [...new Set(rated.map(({ side }) => side.rateGroup))]
    .map((group) => rated.filter(({ side }) => side.rateGroup === group).sort((a, b) => a.point.x - b.point.x))
    .filter((group) => new Set(group.map(({ point }) => point.x)).size > 1);
}
