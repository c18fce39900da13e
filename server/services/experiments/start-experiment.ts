import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import type { ExperimentDetail, ExperimentRequest } from "@/lib/contract/experiment";
import { taskOf } from "@/lib/contract/run-config";
import { insertExperiment, type NewTrial } from "@/server/db/experiments/experiments";
import { newId } from "@/server/db/new-id";
import { addBenchmark } from "@/server/services/benchmarks/benchmarks";
import type { ServiceContext } from "@/server/services/context";
import { type CheckedExperiment, checkExperiment } from "./check-experiment";
import { adaptersOf, estimate, probeSteps } from "./estimate-experiment";
import { getExperiment } from "./get-experiment";

/**
 * Checks an experiment and writes it down with the trials of its sweep; from here on workers carry it out, whatever becomes of this process.
 *
 * @throws ServiceError naming the field at fault and what to do
 */
export async function startExperiment(context: ServiceContext, asked: ExperimentRequest): Promise<ExperimentDetail> {
  const checked = await checkExperiment(context, asked);
  const expected = await estimate(context, checked);
  const { model, data } = checked;
  const request = await withReportBenchmark(context, { ...asked, data: { ...asked.data, path: data.path } });
  const id = newId();
  const stage = request.match === "wallClock" ? "probe" : "sweep";
  const about = { id, name: request.name, request, estimate: expected, modelName: model.name, dataName: data.name, stage } as const;
  await insertExperiment(context.store.db, about, trialsOf(checked));
  return getExperiment(context, id);
}

/** The sweep's trials, and before them a short training of every adapter where step times decide how long each is trained. */
function trialsOf({ request, settings }: CheckedExperiment): NewTrial[] {
  const { match, training, sweepSeed: seed } = request;
  const steps = match === "wallClock" ? null : training.steps;
  const sweep = settings.flatMap((tried, arm) =>
    tried.map((setting, trial) => ({ stage: "sweep" as const, arm, trial, seed, steps, ...setting })),
  );
  if (match !== "wallClock") return sweep;
  const probe = settings.flatMap((tried, arm) =>
    adaptersOf(tried).map((adapter, trial) => {
      const [first] = tried.filter((setting) => setting.adapter === adapter);
      const learningRate = first?.learningRate ?? 0;
      return { stage: "probe" as const, arm, trial, seed, steps: probeSteps, adapter, learningRate };
    }),
  );
  return [...probe, ...sweep];
}

/** The report rows as a benchmark of this experiment, beside those that were chosen; encoders have none of this kind. */
async function withReportBenchmark(context: ServiceContext, request: ExperimentRequest): Promise<ExperimentRequest> {
  const { measuresReportRows, data, training, benchmarks, name } = request;
  if (!measuresReportRows || taskOf(request).kind !== "languageModel") return request;
  const { dataSetId, mapping, domains, validationRows, useChatTemplate } = data;
  const benchmark = await addBenchmark(
    context,
    addBenchmarkRequest.parse({
      name: `${name}, report rows`,
      rows: {
        ...{ dataSetId, mapping, domains, useChatTemplate },
        part: { kind: "heldOut", validationRows: Math.max(1, validationRows), heldOutPart: "report" },
        count: Math.max(2, training.evaluationRows),
        maxTokens: training.maxTokens,
      },
      task: { kind: "languageModel" },
    }),
  );
  return { ...request, benchmarks: [...benchmarks, benchmark.id] };
}
