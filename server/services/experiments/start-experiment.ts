import type { ExperimentDetail, ExperimentRequest } from "@/lib/contract/experiment";
import { trialsOfSetting } from "@/lib/contract/experiment-trials";
import { insertExperiment, type NewTrial } from "@/server/db/experiments/experiments";
import { newId } from "@/server/db/new-id";
import { addReportBenchmarks } from "@/server/services/benchmarks/report-benchmarks";
import type { ServiceContext } from "@/server/services/context";
import { type CheckedExperiment, checkExperiment } from "./check-experiment";
import { adaptersOf, estimate, probeSteps } from "./estimate-experiment";
import { getExperiment } from "./get-experiment";
import type { Setting } from "./plan-trials";

/**
 * Checks an experiment and writes it down with the trials of its sweep; from here on workers carry it out, whatever becomes of this process.
 *
 * @throws ServiceError naming the field at fault and what to do
 */
export async function startExperiment(context: ServiceContext, asked: ExperimentRequest, signal?: AbortSignal): Promise<ExperimentDetail> {
  const checked = await checkExperiment(context, asked, signal);
  const expected = await estimate(context, checked);
  const { model, data } = checked;
  const request = await withReportBenchmarks(context, { ...asked, data: { ...asked.data, path: data.path } }, signal);
  const id = newId();
  const stage = request.match === "wallClock" ? "probe" : "sweep";
  const about = { id, name: request.name, request, estimate: expected, modelName: model.name, dataName: data.name, stage } as const;
  await insertExperiment(context.store.db, about, trialsOf(checked));
  return getExperiment(context, id);
}

/** The sweep's trials, and before them a short training of every adapter where step times decide how long each is trained. */
function trialsOf({ request, settings }: CheckedExperiment): NewTrial[] {
  const { match, training } = request;
  const steps = match === "wallClock" ? null : training.steps;
  const sweep = settings.flatMap((tried, arm) => crossed(request, { stage: "sweep", arm, steps }, tried));
  if (match !== "wallClock") return sweep;
  const probe = settings.flatMap((tried, arm) => {
    // A probe is timed, not judged: any of an adapter's rates serves.
    const timed = adaptersOf(tried).flatMap((adapter) => tried.find((setting) => setting.adapter === adapter) ?? []);
    return crossed(request, { stage: "probe", arm, steps: probeSteps }, timed);
  });
  return [...probe, ...sweep];
}

/** Every setting on every set of domains with every seed. */
function crossed(request: ExperimentRequest, shared: Pick<NewTrial, "stage" | "arm" | "steps">, settings: readonly Setting[]): NewTrial[] {
  return settings.flatMap((setting, place) =>
    trialsOfSetting(request, shared.stage, place).map(({ trial, seed }) => ({ ...shared, ...setting, trial, seed })),
  );
}

/** The report rows as benchmarks of this experiment, beside those that were chosen. */
async function withReportBenchmarks(
  context: ServiceContext,
  request: ExperimentRequest,
  signal: AbortSignal | undefined,
): Promise<ExperimentRequest> {
  if (!request.measuresReportRows) return request;
  return { ...request, benchmarks: [...request.benchmarks, ...(await addReportBenchmarks(context, request, signal))] };
}
