import type { ScoreOfSides } from "@/lib/contract/comparison";
import type { AnswerMetric, EvaluationMetrics } from "@/lib/contract/run";
import { taskOf, tasks } from "@/lib/contract/tasks/tasks";
import { type Items, sampleOf } from "@/lib/numbers/metrics/item-metrics";
import { metrics } from "@/lib/numbers/metrics/metric-names";
import type { EvaluatedRows } from "@/server/db/runs/evaluation-rows";
import type { RunRow } from "@/server/db/runs/runs";
import { isCutAlike, rightsOf } from "./benchmark-metrics";
import type { LineWords, UnjudgedLine } from "./judge-lines";
import { keptLine } from "./kept-lines";
import { pairRuns } from "./pairs";
import { isMeasurable } from "./remarks";
import type { LineInput } from "./score-line";
import type { Side } from "./sides";

/** A number of a training's evaluation; null where it is not defined. */
type EvaluationNumber = {
  readonly words: LineWords;
  readonly of: (evaluation: EvaluationMetrics) => number | null;
  /** Of the metric that gives the same number from the rows that were kept. */
  readonly name: AnswerMetric["name"] | "loss";
};

/** Accuracy and other metrics of answers, where there are any; the loss last, or alone. */
function numbersOf({ config, latestEvaluation }: RunRow): EvaluationNumber[] {
  const task = taskOf(config).kind;
  const common = {
    source: "held-out rows of the training",
    each: tasks[task].continuesText ? ("token" as const) : ("row" as const),
    isForgetting: false,
    benchmarkId: null,
  };
  const answers = (latestEvaluation?.answers ?? []).map(({ name }) => ({
    words: { key: `evaluation:${name}`, ...metrics[name], ...common },
    of: (evaluation: EvaluationMetrics) => answerOf(evaluation, name),
    name,
  }));
  const words = { key: "evaluation", ...tasks[task].evaluationLoss, ...common };
  return [...answers, { words, of: ({ loss: value }) => value, name: "loss" }];
}

/**
 * The numbers of held-out rows at the end of training. They are paired over rows where every run kept the losses, or the answers, of the same ones;
 * else a number is known once per run, so that its interval is over seeds only.
 *
 * @param rows by run
 * @returns none where a side has no run that was evaluated
 */
export function evaluationLines(one: Side, other: Side, rows: ReadonlyMap<string, EvaluatedRows>): UnjudgedLine[] {
  const pairs = pairRuns(one, other, ({ latestEvaluation }) => latestEvaluation !== null);
  const evaluated = pairs.flatMap(({ first, second }) =>
    first.latestEvaluation && second.latestEvaluation ? [{ first: first.latestEvaluation, second: second.latestEvaluation }] : [],
  );
  const [sample, reference] = [evaluated[0], pairs[0]?.first];
  if (sample === undefined || reference === undefined) return [];
  const runs = pairs.flatMap(({ first, second }) => [first, second]);
  const rowsOf = (end: "first" | "second") => pairs.flatMap((pair) => rows.get(pair[end].id) ?? []);
  const [firstRows, secondRows] = [rowsOf("first"), rowsOf("second")];
  const kept = [...firstRows, ...secondRows];
  const places = kept.length < runs.length ? [] : pairedPlaces(kept);
  const hasAnswers = hasSameTargets(kept);
  // One object a run, by which a run beside itself is known.
  const items = new Map(kept.map((own) => [own, itemsOf(own)]));
  const itemsOfSide = (side: readonly EvaluatedRows[]) => side.flatMap((own) => items.get(own) ?? []);
  const [firstItems, secondItems] = [itemsOfSide(firstRows), itemsOfSide(secondRows)];
  const apart = rowsObstacle(one.first, other.first);
  return numbersOf(reference).flatMap(({ words, of, name }): UnjudgedLine[] => {
    const valuesOf = (end: "first" | "second") => evaluated.map((pair) => of(pair[end]) ?? Number.NaN);
    const [firsts, seconds] = [valuesOf("first"), valuesOf("second")];
    if (![...firsts, ...seconds].every(Number.isFinite)) return [];
    const isPaired = places.length > 0 && (name === "loss" || hasAnswers);
    const right = isPaired ? rightsOf(name, firstItems, secondItems, places) : undefined;
    const known: Pick<LineInput, "first" | "second" | "rows" | "hasRows" | "right"> = isPaired
      ? {
          first: firstItems.map((own) => sampleOf(name, own, places)),
          second: secondItems.map((own) => sampleOf(name, own, places)),
          rows: places.length,
          hasRows: true,
          ...(right === undefined ? {} : { right }),
        }
      : {
          first: firsts.map((value) => () => value),
          second: seconds.map((value) => () => value),
          rows: sample.first.rows,
          hasRows: false,
        };
    const obstacle = apart ?? (known.hasRows ? undefined : fewObstacle(one.first, other.first, evaluated.length));
    const named = [words.key, ...runs.map(({ id, latestEvaluation }) => [id, latestEvaluation?.step])];
    const measured = keptLine([...named, known.hasRows, obstacle], {
      metric: words,
      ...known,
      ...(obstacle === undefined ? {} : { obstacle }),
    });
    return [{ words, measured }];
  });
}

/** The same of every run that was evaluated, for plots; none where they are of other rows. */
export function evaluationScores(sides: readonly Side[]): ScoreOfSides[] {
  const [first] = sides;
  if (first === undefined || sides.some((side) => rowsObstacle(first.first, side.first) !== undefined)) return [];
  const reference = sides.flatMap(({ runs }) => runs).find(({ latestEvaluation }) => latestEvaluation !== null);
  if (reference === undefined) return [];
  return numbersOf(reference).flatMap(({ words: { benchmarkId: _, ...words }, of }): ScoreOfSides[] => {
    const values = sides.flatMap((side, place) =>
      side.runs.flatMap((run) => {
        const value = run.latestEvaluation === null || !isMeasurable(run) ? null : of(run.latestEvaluation);
        return value === null ? [] : [{ side: place, runId: run.id, value }];
      }),
    );
    return values.length === 0 ? [] : [{ ...words, values }];
  });
}

function answerOf({ answers }: EvaluationMetrics, name: AnswerMetric["name"]): number | null {
  return answers?.find((answer) => answer.name === name)?.value ?? null;
}

/** Places of the rows with label tokens, where all runs have the same rows and label tokens; none where these differ. */
function pairedPlaces(runs: readonly EvaluatedRows[]): number[] {
  const [first] = runs;
  if (first === undefined) return [];
  const places = [...first.labelTokens.keys()];
  if (runs.some(({ labelTokens }) => labelTokens.length !== places.length) || !isCutAlike(runs, places)) return [];
  return places.filter((place) => first.labelTokens[place] !== 0);
}

/** Whether all runs kept their answers, to the same questions. */
function hasSameTargets(runs: readonly EvaluatedRows[]): boolean {
  const targets = runs[0]?.answers?.targets;
  if (targets === undefined) return false;
  return runs.every(
    ({ answers }) => answers?.targets.length === targets.length && answers.targets.every((one, row) => one === targets[row]),
  );
}

/** Rows of a training's evaluation as those of a benchmark. */
function itemsOf({ lossSums, labelTokens, answers }: EvaluatedRows): Items {
  const { predictions = null, targets = null } = answers ?? {};
  return {
    ...{ lossSums, labelTokens, predictions, targets },
    right: predictions?.map((predicted, row) => (predicted === targets?.[row] ? 1 : 0)) ?? null,
    rightPerByte: null,
  };
}

/** Why one number per run has no interval. */
function fewObstacle(one: RunRow, other: RunRow, pairs: number): string | undefined {
  if (pairs > 1 || one.id === other.id) return undefined;
  return "training kept only the value over all rows, and each side has one run; measure their held-out rows to compare them row by row";
}

/** Why two evaluations are not of the same rows. */
function rowsObstacle(one: RunRow, other: RunRow): string | undefined {
  const [a, b] = [heldOut(one), heldOut(other)];
  if (a === undefined || b === undefined) return "the training of an imported run is unknown";
  if (one.modelId !== other.modelId) return "they have different base models";
  if (a !== b || one.latestEvaluation?.labelTokens !== other.latestEvaluation?.labelTokens)
    return "they were evaluated on different rows in training; a benchmark uses the same rows for both";
  return undefined;
}

/** What decides which rows a run is evaluated on: where they are held out of given domains, not those that it is trained on. */
function heldOut({ config, provenance }: RunRow): string | undefined {
  const { data, training } = config;
  if (data === null || training === null) return undefined;
  return JSON.stringify([taskOf(config), heldOutOf(data), training.evaluationRows, training.maxTokens, provenance["data"] ?? null]);
}

function heldOutOf(data: NonNullable<RunRow["config"]["data"]>): unknown {
  if (data.kind !== "dataSet") return data;
  const { domains, heldOutOf: given, evaluatedDomains, ...rows } = data;
  return given === undefined ? [rows, domains] : [rows, given, evaluatedDomains === undefined ? domains : evaluatedDomains];
}
