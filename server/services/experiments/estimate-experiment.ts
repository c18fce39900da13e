import { expectedCost } from "@/lib/contract/expected-cost";
import type { ExperimentEstimate, ExperimentRequest } from "@/lib/contract/experiment";
import type { ModelSummary } from "@/lib/contract/model";
import { hasLatents } from "@/lib/contract/run-config";
import type { ServiceContext } from "@/server/services/context";
import { type CheckedExperiment, checkExperiment } from "./check-experiment";
import { collectedTokensOf } from "./collected-tokens";
import { countAdapter } from "./match-arms";
import { readMeasurements, rowsKeyOf, type Speed, speedOf } from "./measured-speed";
import type { Setting } from "./plan-trials";
import { evaluationsOf, secondsOf } from "./run-time";
import { stepTokensOf } from "./step-tokens";

/** Steps of a probe, where wall-clock is matched: the median over them is a step's time. */
export const probeSteps = 24;
/** Adapter, checkpointed adapter and its two moments. */
const copiesOnDisk = 4;

/** What an experiment will cost, from what runs on this machine cost. @throws ServiceError as `checkExperiment` */
export async function estimateExperiment(
  context: ServiceContext,
  request: ExperimentRequest,
  signal?: AbortSignal,
): Promise<ExperimentEstimate> {
  return estimate(context, await checkExperiment(context, request, signal));
}

/** The same of a request that has been checked. */
export async function estimate(context: ServiceContext, checked: CheckedExperiment): Promise<ExperimentEstimate> {
  const { request, model, settings, rows } = checked;
  const measurements = await readMeasurements(context);
  const { training, finalSeeds, sweepSeeds, arms, match, collection } = request;
  const sets = rows.sets.length;
  const ofRows = { tokens: stepTokensOf(rows.lengths, training), rowsKey: rowsKeyOf(request.data, training) };
  const stepTokens = training.batchRows * training.maxTokens;
  const evaluations = evaluationsOf(training);
  const evaluated = (count: number) => Math.min(training.evaluationRows, count);
  const finals = finalSeeds.length * sets;
  const final = { collection, dataSetId: request.data.dataSetId, training };
  const ofFinal = (trained: number) => collectedTokensOf(final, { lengths: rows.lengths, trained, heldOut: rows.reportRows });
  const collectedOfSets = rows.sets.reduce((sum, { trainRows }) => sum + ofFinal(trainRows), 0);
  const totals = { runs: 0, steps: 0, tokens: 0, diskBytes: 0, seconds: 0 as number | null };
  const speeds: Speed[] = [];
  const each: ExperimentEstimate["arms"] = [];
  for (const [place, arm] of arms.entries()) {
    const tried = settings[place] ?? [];
    const probed = match === "wallClock" ? adaptersOf(tried).length * sets : 0;
    const trials = tried.length * sweepSeeds.length * sets;
    const runs = trials + finals;
    const collected = tried.some(({ adapter }) => hasLatents(adapter)) ? finalSeeds.length * collectedOfSets : 0;
    const steps = runs * training.steps + probed * probeSteps;
    const load = { ...loadOf(tried, model, request), stepTokens, ...ofRows };
    const speed = await speedOf(load, measurements);
    const chosenBy = rows.sets.reduce((sum, { selectionRows }) => sum + tried.length * sweepSeeds.length * evaluated(selectionRows), 0);
    const readTokens = evaluations * (chosenBy + finals * evaluated(rows.reportRows)) * training.maxTokens;
    const work = { stepTokens, steps, runs: runs + probed, readTokens, collectedTokens: collected };
    const { training: runSeconds, collection: collecting } = secondsOf(speed, work);
    const seconds = runSeconds === null || collecting === null ? null : runSeconds + collecting;
    const parameters = sizes(tried, (setting) => countAdapter(setting.adapter, model)?.parameters);
    speeds.push(speed);
    totals.runs += runs + probed;
    totals.steps += steps;
    totals.tokens += steps * stepTokens * speed.fill;
    totals.diskBytes += (runs + probed) * copiesOnDisk * 4 * (parameters?.[1] ?? 0);
    totals.seconds = seconds === null || totals.seconds === null ? null : totals.seconds + seconds;
    each.push({
      name: arm.name,
      trials,
      steps,
      seconds,
      runSeconds,
      trainableParameters: parameters,
      activeParameters: sizes(tried, (setting) => countAdapter(setting.adapter, model)?.activeParameters),
      flopsPerToken: sizes(tried, (setting) => countAdapter(setting.adapter, model)?.flops),
    });
  }
  const measuredOn = speeds.flatMap(({ run }) => run ?? []);
  return {
    ...totals,
    tokens: Math.round(totals.tokens),
    speed: weakest(speeds),
    measuredOn: [...new Map(measuredOn.map((run) => [run.id, run])).values()],
    selectionRows: rows.selectionRows,
    reportRows: rows.reportRows,
    domainSets: (request.domainSets ?? []).map((domains, place) => ({
      domains,
      trainRows: rows.sets[place]?.trainRows ?? 0,
      selectionRows: rows.sets[place]?.selectionRows ?? 0,
    })),
    arms: each,
  };
}

/** The settings' adapters, each once. */
export function adaptersOf(settings: readonly Setting[]): Setting["adapter"][] {
  return [...new Map(settings.map(({ adapter }) => [JSON.stringify(adapter), adapter])).values()];
}

/** Mean flops of what an arm tries. */
function loadOf(settings: readonly Setting[], model: ModelSummary, { frozenDtype }: ExperimentRequest) {
  const flops = settings.map(({ adapter }) => expectedCost(adapter, model)?.flopsPerToken ?? 2 * model.parameters);
  return {
    modelId: model.id,
    frozenDtype,
    method: settings[0]?.adapter.method ?? ("stan" as const),
    flopsPerToken: flops.reduce((sum, one) => sum + one, 0) / Math.max(1, flops.length),
  };
}

function sizes(settings: readonly Setting[], count: (setting: Setting) => number | undefined): [number, number] | null {
  const counts = settings.map(count);
  const known = counts.filter((value) => value !== undefined);
  return known.length < counts.length || known.length === 0 ? null : [Math.min(...known), Math.max(...known)];
}

/** How sure the whole is: as sure as the least sure arm. */
function weakest(speeds: readonly Speed[]): ExperimentEstimate["speed"] {
  const order = ["unknown", "products", "otherRuns", "likeRuns"] as const;
  return order.find((from) => speeds.some((speed) => speed.from === from)) ?? "unknown";
}
