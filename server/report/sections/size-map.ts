import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { formatFixed, formatInteger } from "@/lib/numbers/format";
import { meanOf } from "@/lib/numbers/intervals";
import type { Cell, Table } from "@/server/report/document";
import { formatScore, scoreName } from "@/server/report/words/score-words";
import { rateCurves } from "./rates";

type Sized = { readonly k: number; readonly size: number; readonly value: number };

/** Of each arm of STAN whose sizes vary in both, the least selection loss over the learning rates by k and M. */
export function sizeMaps(experiment: ExperimentDetail): Table[] {
  const { request, trials } = experiment;
  const sets = [...new Set(trials.map(({ domainSet }) => domainSet))];
  return request.arms.flatMap(({ name }, arm) =>
    sets.flatMap((set) => {
      const own = trials.filter((trial) => trial.arm === arm && trial.domainSet === set);
      const sized = own.flatMap(({ adapter }): Sized[] => {
        const sparsity = methodOf(adapter).sparsityOf(adapter);
        if (sparsity === null) return [];
        const [curve] = rateCurves(
          { request, trials: own.filter((trial) => JSON.stringify(trial.adapter) === JSON.stringify(adapter)) },
          set,
        );
        return curve === undefined
          ? []
          : [{ k: sparsity.k, size: sparsity.numLatents, value: Math.min(...curve.points.map(({ y }) => y)) }];
      });
      const on = set === null ? "" : `, trained on ${request.domainSets?.[set]?.join(", ") ?? ""}`;
      const caption = `k × M of ${name}${on}: lowest selection loss over the learning rates tried`;
      return sizeTable(sized, { caption, format: (value) => formatFixed(value, 4), better: "lower" }) ?? [];
    }),
  );
}

/** A score over k and M of the largest group of sides that differ in these alone. */
export function sizeMapOfSides(sides: readonly ComparedSide[], score: ScoreOfSides): Table | undefined {
  const sized = sides.flatMap((side, place) => {
    const values = score.values.filter((one) => one.side === place).map(({ value }) => value);
    return side.k === null || side.numLatents === null || values.length === 0
      ? []
      : [{ group: side.shapeGroup, k: side.k, size: side.numLatents, value: meanOf(values) }];
  });
  const groups = [...new Set(sized.map(({ group }) => group))].map((group) => sized.filter((one) => one.group === group));
  const [largest = []] = groups.sort((a, b) => b.length - a.length);
  const caption = `k × M: ${scoreName(score)}, mean over runs, over sides that differ only in these`;
  return sizeTable(largest, { caption, format: (value) => formatScore(score, value), better: score.better });
}

type SizeTable = { readonly caption: string; readonly format: (value: number) => string; readonly better: "higher" | "lower" };

/** Values by k (rows) and M (columns); undefined under two of either. */
function sizeTable(sized: readonly Sized[], { caption, format, better }: SizeTable): Table | undefined {
  const ks = ascending(sized.map(({ k }) => k));
  const sizes = ascending(sized.map(({ size }) => size));
  if (ks.length < 2 || sizes.length < 2) return undefined;
  const values = sized.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const shadeOf = (value: number) => (most > least ? ((better === "lower" ? 1 : -1) * (2 * value - least - most)) / (most - least) : 0);
  const rows = ks.map((k): Cell[] => [
    formatInteger(k),
    ...sizes.map((size): Cell => {
      const found = sized.find((one) => one.k === k && one.size === size);
      return found === undefined ? "–" : { text: format(found.value), shade: shadeOf(found.value) };
    }),
  ]);
  return {
    caption,
    columns: [{ name: "k" }, ...sizes.map((size) => ({ name: `M = ${formatInteger(size)}`, isNumeric: true }))],
    rows,
    note: "Colours run from best to worst; they do not imply a statistically significant difference.",
  };
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
