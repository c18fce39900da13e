import { z } from "zod";
import type { ExperimentEstimate } from "@/lib/contract/experiment";
import type { RunCost, RunSummary } from "@/lib/contract/run";
import { isWhole, type RunMethod, type StoredRunConfig } from "@/lib/contract/run-config";
import { listRuns, readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { askWorker } from "@/server/services/work/ask-worker";

/** What a run will do in a step. */
export type Load = {
  readonly modelId: string;
  readonly frozenDtype: StoredRunConfig["frozenDtype"];
  readonly method: RunMethod;
  readonly flopsPerToken: number;
  /** batchRows · maxTokens: tokens of a step were no row shorter. */
  readonly stepTokens: number;
};

export type Speed = {
  /** Of a step; null where nothing tells it. */
  readonly stepMs: number | null;
  /** Tokens read a step, of the most there could be. */
  readonly fill: number;
  readonly from: ExperimentEstimate["speed"];
  readonly run: { readonly id: string; readonly name: string } | null;
};

type Measured = { readonly run: RunSummary; readonly load: Load; readonly cost: RunCost; readonly fill: number };

/** Flops of a training step over those of a forward pass: a backward pass that frozen weights get no gradient from. */
const trainingOverForward = 2;
/** Share of a large product's speed that whole passes reach. */
const passOverProduct = 0.4;

/** Finished trainings whose step time was measured. */
export async function listMeasured({ store }: ServiceContext): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const run of await listRuns(store.db)) {
    const { cost, status, modelId } = run;
    if (run.isImported || run.derivedFrom !== null || modelId === null || cost?.medianStepMs == null || status !== "finished") continue;
    const config = (await readRun(store.db, run.id))?.config;
    if (config === undefined || !isWhole(config)) continue;
    const stepTokens = config.training.batchRows * config.training.maxTokens;
    const read = cost.tokensPerSecond === null ? stepTokens : (cost.tokensPerSecond * cost.medianStepMs) / 1000;
    const load = { modelId, frozenDtype: config.frozenDtype, method: run.method, flopsPerToken: cost.flopsPerToken, stepTokens };
    measured.push({ run, load, cost, fill: Math.min(1, read / stepTokens) });
    if (measured.length === mostMeasured) break;
  }
  return measured;
}

const mostMeasured = 200;

/**
 * How long a step will take: of the most like run over the same model, in proportion to tokens and flops; without one, of any run; without any,
 * from a worker's speed in large products.
 */
export async function speedOf(context: ServiceContext, load: Load, measured: readonly Measured[]): Promise<Speed> {
  const like = nearest(
    measured.filter((one) => one.load.modelId === load.modelId && one.load.frozenDtype === load.frozenDtype),
    load,
  );
  const other = like ?? nearest(measured, load);
  if (other !== undefined) {
    const { run, cost, fill } = other;
    const flops = load.flopsPerToken / other.load.flopsPerToken;
    const stepMs = (cost.medianStepMs ?? 0) * flops * (load.stepTokens / other.load.stepTokens);
    return { stepMs, fill, from: like === undefined ? "otherRuns" : "likeRuns", run: { id: run.id, name: run.name } };
  }
  const gigaflops = await productSpeed(context, load.frozenDtype);
  if (gigaflops === null) return { stepMs: null, fill: 1, from: "unknown", run: null };
  const stepFlops = trainingOverForward * load.flopsPerToken * load.stepTokens;
  return { stepMs: stepFlops / (passOverProduct * gigaflops * 1e6), fill: 1, from: "products", run: null };
}

/** Least far in method, tokens a step and flops. */
function nearest(measured: readonly Measured[], load: Load): Measured | undefined {
  const distance = (one: Load) =>
    (one.method === load.method ? 0 : 1) +
    Math.abs(Math.log(one.stepTokens / load.stepTokens)) +
    Math.abs(Math.log(one.flopsPerToken / load.flopsPerToken));
  return measured.toSorted((a, b) => distance(a.load) - distance(b.load))[0];
}

const speedAnswer = z.object({ float32: z.number(), bfloat16: z.number().nullable() });

/** GFLOP/s of a worker; null where none answers. */
async function productSpeed(context: ServiceContext, dtype: Load["frozenDtype"]): Promise<number | null> {
  try {
    const { float32, bfloat16 } = speedAnswer.parse(await (await askWorker(context, { path: "/speed", body: {} })).json());
    return dtype === "bfloat16" ? (bfloat16 ?? float32) : float32;
  } catch (error) {
    if (error instanceof ServiceError) return null;
    throw error;
  }
}
