import { sweptGrids } from "@/lib/comparison/rate-curves";
import { scoreName } from "@/lib/comparison/score-words";
import { gridShade, type ShapeGrid, shapeGridOfSides } from "@/lib/comparison/shape-grid";
import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { formatFixed, formatInteger } from "@/lib/numbers/format";
import type { Cell, Table } from "@/server/report/document";
import { writeScore } from "@/server/report/words/score-words";

/** For each arm that tried several k with several M, the lowest selection loss over the learning rates. */
export function sizeMaps(experiment: ExperimentDetail): Table[] {
  const { request } = experiment;
  return sweptGrids(experiment).map(({ arm, domainSet, grid }) => {
    const on = domainSet === null ? "" : `, trained on ${request.domainSets?.[domainSet]?.join(", ") ?? ""}`;
    const caption = `k × M of ${request.arms[arm]?.name ?? "arm"}${on}: lowest selection loss over the learning rates tried`;
    return sizeTable(grid, { caption, format: (value) => formatFixed(value, 4), better: "lower" });
  });
}

/** A score over k and M of the largest group of sides that differ only in these. */
export function sizeMapOfSides(sides: readonly ComparedSide[], score: ScoreOfSides): Table | undefined {
  const grid = shapeGridOfSides(sides, score);
  const caption = `k × M: ${scoreName(score)}, mean over runs, over sides that differ only in these`;
  return grid === null ? undefined : sizeTable(grid, { caption, format: (value) => writeScore(score, value), better: score.better });
}

type SizeTable = { readonly caption: string; readonly format: (value: number) => string; readonly better: "higher" | "lower" };

/** Values by k (rows) and M (columns). */
function sizeTable(grid: ShapeGrid, { caption, format, better }: SizeTable): Table {
  const shadeOf = gridShade(grid, better);
  return {
    caption,
    columns: [{ name: "k" }, ...grid.sizes.map((size) => ({ name: `M = ${formatInteger(size)}`, isNumeric: true }))],
    rows: grid.ks.map((k, row): Cell[] => [
      formatInteger(k),
      ...(grid.cells[row] ?? []).map((value): Cell => (value === null ? "–" : { text: format(value), shade: shadeOf(value) })),
    ]),
    note: "Colours run from best to worst; they do not imply a statistically significant difference.",
  };
}
