import { z } from "zod";
import type { ColumnMapping } from "@/lib/contract/data-set";
import type { ExperimentEstimate } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { isWhole, type RunConfig, type RunMethod, type StoredRunConfig, type TrainingSettings } from "@/lib/contract/run-config";
import { listMeasuredRuns, type MeasuredRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { askWorker } from "@/server/services/work/ask-worker";
import type { StepTokens } from "./step-tokens";

/** What a run will do in a step. */
export type Load = {
  readonly modelId: string;
  readonly frozenDtype: StoredRunConfig["frozenDtype"];
  readonly method: RunMethod;
  readonly flopsPerToken: number;
  /** batchRows · maxTokens: tokens of a step were no row shorter. */
  readonly stepTokens: number;
  /** What its rows are likely to have; of a run that was measured, what they had. */
  readonly tokens: StepTokens;
  /** Rows with the same key are as long. */
  readonly rowsKey: string;
};

/** Of a data set's rows, cut at a length; those that are packed are longer. */
export function rowsKeyOf(
  data: { readonly dataSetId?: string | undefined; readonly mapping: ColumnMapping },
  { maxTokens, packing }: Pick<TrainingSettings, "maxTokens" | "packing">,
): string {
  return JSON.stringify([data.dataSetId, data.mapping, maxTokens, ...(packing === true ? ["packed"] : [])]);
}

export type Speed = {
  /** Of a step; null where nothing tells it. */
  readonly stepMs: number | null;
  /** Tokens read a step, of the most there could be. */
  readonly fill: number;
  readonly from: ExperimentEstimate["speed"];
  readonly run: { readonly id: string; readonly name: string } | null;
};

/** What speeds are told by. */
export type Measurements = {
  readonly measured: readonly Measured[];
  /** GFLOP/s of a worker in large products, asked once so that all arms are told by the same; null where none answers. */
  products(dtype: Load["frozenDtype"]): Promise<number | null>;
};

type Measured = { readonly run: MeasuredRun; readonly config: RunConfig; readonly load: Load; readonly stepMs: number };

/** Runs that a speed is the median of: a single one may have shared the machine with others. */
const mostLike = 5;
/** Share of a large product's speed that whole passes reach. */
const passOverProduct = 0.4;

export async function readMeasurements(context: ServiceContext): Promise<Measurements> {
  const asked = new Map<Load["frozenDtype"], Promise<number | null>>();
  const products: Measurements["products"] = (dtype) => {
    const speed = asked.get(dtype) ?? productSpeed(context, dtype);
    asked.set(dtype, speed);
    return speed;
  };
  return { measured: await listMeasured(context), products };
}

/** Finished trainings whose step time was measured. */
async function listMeasured({ store }: ServiceContext): Promise<Measured[]> {
  return (await listMeasuredRuns(store.db, mostMeasured)).flatMap((run): Measured[] => {
    const { cost, modelId, config } = run;
    if (modelId === null || cost?.medianStepMs == null || !isWhole(config)) return [];
    const { batchRows, maxTokens } = config.training;
    const stepTokens = batchRows * maxTokens;
    const read = Math.min(stepTokens, cost.tokensPerSecond === null ? stepTokens : (cost.tokensPerSecond * cost.medianStepMs) / 1000);
    const rowsKey = config.data.kind === "dataSet" ? rowsKeyOf(config.data, config.training) : run.id;
    const load = { modelId, frozenDtype: config.frozenDtype, method: run.method, flopsPerToken: cost.flopsPerToken, stepTokens };
    return [{ run, config, load: { ...load, tokens: { read, padded: read }, rowsKey }, stepMs: cost.medianStepMs }];
  });
}

const mostMeasured = 200;

/**
 * How long a step will take: as the most like runs over the same model took, in proportion to tokens and flops; without one, as any runs did; without
 * any, from a worker's speed in large products.
 */
export async function speedOf(load: Load, { measured, products }: Measurements): Promise<Speed> {
  const like = nearest(
    measured.filter((one) => one.load.modelId === load.modelId && one.load.frozenDtype === load.frozenDtype),
    load,
  );
  const others = like.length > 0 ? like : nearest(measured, load);
  const [first] = others;
  if (first !== undefined) {
    const scaled = others.map((one) => one.stepMs * timesOf(load, one.load)).sort((a, b) => a - b);
    const stepMs = scaled[Math.floor((scaled.length - 1) / 2)] ?? first.stepMs;
    const { id, name } = first.run;
    return { stepMs, fill: fillOf(load, first.load), from: like.length > 0 ? "likeRuns" : "otherRuns", run: { id, name } };
  }
  const fill = load.tokens.read / load.stepTokens;
  const gigaflops = await products(load.frozenDtype);
  if (gigaflops === null) return { stepMs: null, fill, from: "unknown", run: null };
  const stepFlops = methodOf(load).stepOverForward * load.flopsPerToken * load.tokens.padded;
  return { stepMs: stepFlops / (passOverProduct * gigaflops * 1e6), fill, from: "products", run: null };
}

/** How many times as long a step takes as another. */
function timesOf(load: Load, other: Load): number {
  const work = (one: Load) => methodOf(one).stepOverForward * one.flopsPerToken;
  const areAlike = load.rowsKey === other.rowsKey;
  const tokens = areAlike ? load.stepTokens / other.stepTokens : load.tokens.read / Math.max(1, other.tokens.read);
  return (work(load) / work(other)) * tokens;
}

/** The share of the tokens a step could read that it does read, as measured where the rows are the same. */
function fillOf(load: Load, other: Load): number {
  return load.rowsKey === other.rowsKey ? other.tokens.read / other.stepTokens : load.tokens.read / load.stepTokens;
}

/** Least far in method, rows, tokens a step and flops, and those of the same method and rows; of equally far ones the latest first. */
function nearest(measured: readonly Measured[], load: Load): Measured[] {
  const distance = (one: Load) =>
    (one.method === load.method ? 0 : 1) +
    (one.rowsKey === load.rowsKey ? 0 : 1) +
    Math.abs(Math.log(one.stepTokens / load.stepTokens)) +
    Math.abs(Math.log(one.flopsPerToken / load.flopsPerToken));
  const sorted = measured.toSorted((a, b) => distance(a.load) - distance(b.load));
  const first = sorted[0]?.load;
  return sorted.filter(({ load: { method, rowsKey } }) => method === first?.method && rowsKey === first.rowsKey).slice(0, mostLike);
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
