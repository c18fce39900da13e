import type { PairQuery } from "@/lib/contract/comparison";
import type { ExperimentRequest, MatchMode } from "@/lib/contract/experiment";
import { placeOfTrial } from "@/lib/contract/experiment-trials";
import type { MatchedBudget, MatchedBudgets, MatchingRun } from "@/lib/contract/matched-budgets";
import type { MatchedCount } from "@/lib/contract/methods/method";
import type { ModelSummary } from "@/lib/contract/model";
import { meanOf } from "@/lib/numbers/intervals";
import { readExperiment } from "@/server/db/experiments/experiments";
import { listTrials, type TrialWithRun } from "@/server/db/experiments/trials";
import { readModel } from "@/server/db/library/models";
import { readPlacedEvaluations } from "@/server/db/runs/compared-runs";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { countAdapter, isMatched, matchTolerance, nearestSize } from "@/server/services/experiments/match-arms";
import { isMeasurable } from "./remarks";
import { pairOf, readSides, type Side } from "./sides";

/** What a side spent of each budget. */
type Spent = Readonly<Record<MatchMode, number | null>>;

const modes: readonly MatchMode[] = ["parameters", "activeParameters", "flops", "wallClock", "budget"];

/** What sides have in common, and which run would match the first of two where the second does not. */
export async function compareBudgets(context: ServiceContext, query: PairQuery): Promise<MatchedBudgets> {
  const sides = await readSides(context, query.runs);
  pairOf(sides, query);
  const { db } = context.store;
  const models = new Map<string, ModelSummary>();
  for (const id of new Set(sides.map(({ first }) => first.modelId))) {
    const model = id === null ? undefined : await readModel(db, id);
    if (model !== undefined) models.set(model.id, model);
  }
  const modelOf = (side: Side) => models.get(side.first.modelId ?? "");
  const [seconds, trials] = await Promise.all([trainingSeconds(context, sides), sweepTrials(context, sides)]);
  const spent = sides.map((side, place): Spent => {
    const counted = modelOf(side);
    return {
      parameters: meanCost(side, ({ trainableParameters }) => trainableParameters),
      activeParameters: meanCost(side, ({ activeParameters }) => activeParameters),
      flops: counted === undefined ? null : (countAdapter(side.first.config.adapter, counted)?.flops ?? null),
      wallClock: seconds[place] ?? null,
      budget: trials[place] ?? null,
    };
  });
  const budgets = modes.map((mode): MatchedBudget => {
    const values = spent.map((one) => one[mode]);
    const wanted = values[query.first] ?? null;
    const fits = values.flatMap((value, place) =>
      place !== query.first && value !== null && wanted !== null && isMatched(value, wanted) ? [place] : [],
    );
    const suggestion =
      fits.includes(query.second) || wanted === null
        ? null
        : (matchingRun(mode, sides, { change: query.second, matches: query.first }, values, modelOf) ??
          matchingRun(mode, sides, { change: query.first, matches: query.second }, values, modelOf));
    return { mode, values, fits, suggestion };
  });
  return { tolerance: matchTolerance, budgets };
}

type Ends = { readonly change: number; readonly matches: number };

/** One side's own run with the setting changed that brings it to what another spent. */
function matchingRun(
  mode: MatchMode,
  sides: readonly Side[],
  { change, matches }: Ends,
  values: readonly (number | null)[],
  modelOf: (side: Side) => ModelSummary | undefined,
): MatchingRun | null {
  const [side, own, wanted] = [sides[change], values[change] ?? null, values[matches] ?? null];
  if (side === undefined || wanted === null || own === null || own === 0 || mode === "budget") return null;
  const { config, id: runId, step } = side.first;
  const ends = { side: change, matches, runId };
  if (mode === "wallClock") return { ...ends, setting: "steps", value: Math.max(1, Math.round((step * wanted) / own)) };
  const model = modelOf(side);
  const nearest = model === undefined ? null : nearestSize(config.adapter, { match: mode satisfies MatchedCount, wanted, model });
  if (nearest === null) return null;
  return { ...ends, setting: nearest.setting, value: nearest.value };
}

function meanCost({ runs }: Side, pick: (cost: NonNullable<RunRow["cost"]>) => number): number | null {
  const values = runs.flatMap(({ cost }) => (cost === null ? [] : [pick(cost)]));
  return values.length === 0 ? null : meanOf(values);
}

/** Of each side, what training took, evaluations and checkpoints left out: mean over the runs that have ended. */
async function trainingSeconds({ store }: ServiceContext, sides: readonly Side[]): Promise<(number | null)[]> {
  const runs = sides.flatMap((side) => side.runs.filter(isMeasurable));
  const evaluations = await readPlacedEvaluations(store.db, [...new Set(runs.map(({ id }) => id))]);
  const secondsOf = ({ id, step, cost }: RunRow): number | null => {
    const last = evaluations.get(id)?.at(-1);
    if (last?.step === step && last.seconds !== null) return last.seconds;
    return cost?.medianStepMs == null ? null : (cost.medianStepMs * step) / 1000;
  };
  return sides.map((side) => {
    const values = side.runs.filter(isMeasurable).flatMap((run) => secondsOf(run) ?? []);
    return values.length === 0 ? null : meanOf(values);
  });
}

/** Of each side that reports a sweep's choice, how many trials it was chosen from: those of its arm, and of the domains that it is trained on. */
async function sweepTrials({ store }: ServiceContext, sides: readonly Side[]): Promise<(number | null)[]> {
  const finals = sides.map(({ first }) => (first.experiment?.stage === "final" ? first.experiment : null));
  const sweeps = new Map<string, { readonly request: ExperimentRequest; readonly trials: readonly TrialWithRun[] }>();
  for (const id of new Set(finals.flatMap((final) => final?.id ?? []))) {
    const experiment = await readExperiment(store.db, id);
    if (experiment !== undefined) sweeps.set(id, { request: experiment.request, trials: await listTrials(store.db, id) });
  }
  return finals.map((final) => {
    const sweep = final === null ? undefined : sweeps.get(final.id);
    if (final === null || sweep === undefined) return null;
    const setOf = (stage: "sweep" | "final", trial: number) => placeOfTrial(sweep.request, stage, trial).domainSet;
    const own = setOf("final", final.trial);
    return sweep.trials.filter(({ trial: { stage, arm, trial } }) => stage === "sweep" && arm === final.arm && setOf(stage, trial) === own)
      .length;
  });
}
