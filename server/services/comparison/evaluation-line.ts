import type { ScoreLine, ScoreOfSides } from "@/lib/contract/comparison";
import { taskOf } from "@/lib/contract/run-config";
import { metrics } from "@/lib/numbers/metrics/metric-names";
import type { RunRow } from "@/server/db/runs/runs";
import { pairRuns } from "./pairs";
import { scoreLine } from "./score-line";
import { isOfOneMethod, type Side } from "./sides";

function wordsOf({ config }: RunRow): Omit<ScoreOfSides, "values"> {
  const isSquared = taskOf(config).kind === "regression";
  const kind = isSquared ? { label: "mean squared error", unit: "number" as const } : { label: "evaluation loss", unit: metrics.loss.unit };
  return { key: "evaluation", source: "held-out rows of the training", better: metrics.loss.better, isForgetting: false, ...kind };
}

/**
 * The held-out loss at the end of training. It was kept as one number a run, so that its interval is over seeds alone.
 *
 * @returns undefined where a side has no run that was evaluated
 */
export function evaluationLine(one: Side, other: Side): ScoreLine | undefined {
  const pairs = pairRuns(one, other, ({ latestEvaluation }) => latestEvaluation !== null);
  const evaluated = pairs.flatMap(({ first, second }) =>
    first.latestEvaluation && second.latestEvaluation ? [{ first: first.latestEvaluation, second: second.latestEvaluation }] : [],
  );
  const [sample] = evaluated;
  if (sample === undefined) return undefined;
  const obstacle = obstacleOf(one.first, other.first, evaluated.length);
  const words = wordsOf(one.first);
  const line = scoreLine({
    metric: words,
    names: [one.name, other.name],
    isOneMethod: isOfOneMethod(one, other),
    first: evaluated.map(
      ({ first }) =>
        () =>
          first.loss,
    ),
    second: evaluated.map(
      ({ second }) =>
        () =>
          second.loss,
    ),
    rows: sample.first.rows,
    hasRows: false,
    ...(obstacle === undefined ? {} : { obstacle }),
  });
  return { ...words, benchmarkId: null, ...line };
}

/** The same of every run that was evaluated, for plots; undefined where losses are of other rows, or none was evaluated. */
export function evaluationScores(sides: readonly Side[]): ScoreOfSides | undefined {
  const [first] = sides;
  if (first === undefined || sides.some((side) => rowsObstacle(first.first, side.first) !== undefined)) return undefined;
  const values = sides.flatMap((side, place) =>
    side.runs.flatMap(({ id, latestEvaluation, status }) =>
      latestEvaluation === null || (status !== "finished" && status !== "stopped")
        ? []
        : [{ side: place, runId: id, value: latestEvaluation.loss }],
    ),
  );
  return values.length === 0 ? undefined : { ...wordsOf(first.first), values };
}

function obstacleOf(one: RunRow, other: RunRow, pairs: number): string | undefined {
  const rows = rowsObstacle(one, other);
  if (rows !== undefined) return rows;
  if (pairs > 1 || one.id === other.id) return undefined;
  return "the evaluation of a training is kept as one number a run, so its interval is over seeds, and there is one seed of each; a benchmark is compared row by row";
}

/** Why two evaluation losses are not of the same rows. */
function rowsObstacle(one: RunRow, other: RunRow): string | undefined {
  const [a, b] = [heldOut(one), heldOut(other)];
  if (a === undefined || b === undefined) return "the training of a run that was imported is not known here";
  if (one.modelId !== other.modelId) return "they are of other base models";
  if (a !== b || one.latestEvaluation?.labelTokens !== other.latestEvaluation?.labelTokens)
    return "they were evaluated on other rows in training; a benchmark asks the same of both";
  return undefined;
}

/** What decides which rows a run is evaluated on. */
function heldOut({ config, provenance }: RunRow): string | undefined {
  const { data, training } = config;
  if (data === null || training === null) return undefined;
  return JSON.stringify([taskOf(config), data, training.evaluationRows, training.maxTokens, provenance["data"] ?? null]);
}
