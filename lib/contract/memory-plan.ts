import { frozenBytes } from "./frozen-form";
import { targetedProjections } from "./methods/count";
import { methodOf } from "./methods/methods";
import { isDiffusion, isEncoder, type ModelSummary, timesIn } from "./model";
import type { AdapterConfig, RunConfig, TrainingSettings } from "./run-config";

/** What takes memory, in the order in which it is shown. */
export const memoryParts = ["weights", "trained", "gradients", "moments", "saved", "working"] as const;
export type MemoryPart = (typeof memoryParts)[number];

/** Bytes of tensors at the fullest moment of a training. */
export type MemoryPlan = Readonly<Record<MemoryPart, number>>;

/** What a plan hangs on. */
export type PlannedRun = Pick<RunConfig, "adapter" | "frozenDtype"> & {
  readonly training: Pick<TrainingSettings, "batchRows" | "microBatchRows" | "maxTokens" | "recomputeBlocks">;
};

/** Most tokens whose logits exist at one time, and most logits: the engine's own bounds. */
const chunkTokens = 256;
const chunkLogits = 2 ** 24;
/** Where the number of heads is not noted, heads are taken to be this wide. Our choice: those of most models are. */
const usualHead = 64;

/**
 * Bytes of the tensors that a training holds at its fullest, by our own formula: within 15 % of the engine's count over gated, joined and fused decoders and
 * encoders (`tests/server/engine/training/memory-plan.test.ts`). All rows count as long as they may be. Null where the size of what is trained is not known.
 */
export function memoryPlan({ adapter, training, frozenDtype }: PlannedRun, model: ModelSummary): MemoryPlan | null {
  const counted = methodOf(adapter).count(adapter, model);
  if (counted === null) return null;
  const parameters = 4 * counted.trainableParameters;
  const rows = Math.min(training.microBatchRows ?? training.batchRows, training.batchRows);
  const pass = { rows, tokens: training.maxTokens };
  const layers = differentiatedLayers(adapter, model);
  const block = savedByBlock(adapter, model, pass);
  const input = 4 * pass.rows * pass.tokens * model.dModel;
  const kept = training.recomputeBlocks === true ? input : block;
  const again = training.recomputeBlocks === true ? block : 0;
  const working = workingOfBlock(adapter, model, pass);
  // A further pass of a step adds to the gradients of those before it.
  const earlier = rows < training.batchRows ? parameters : 0;
  const moments: readonly Fullest[] = [
    { gradients: earlier, saved: layers * kept, working: workingOfLoss(model, pass) },
    { gradients: earlier + parameters / Math.max(1, layers), saved: layers * kept, working: again + working },
    { gradients: earlier + parameters, saved: Math.min(1, layers) * kept, working: layers === 0 ? 0 : again + working },
  ];
  const sum = ({ gradients, saved, working }: Fullest) => gradients + saved + working;
  const fullest = moments.reduce((most, moment) => (sum(moment) > sum(most) ? moment : most));
  return {
    weights: Math.round(frozenBytes(frozenDtype, model)),
    trained: parameters + 4 * (counted.frozen ?? 0),
    moments: 2 * parameters,
    gradients: Math.round(fullest.gradients),
    saved: Math.round(fullest.saved),
    working: Math.round(fullest.working),
  };
}

type Fullest = { readonly gradients: number; readonly saved: number; readonly working: number };
/** Rows of one forward pass, all as long as they may be. */
export type Pass = { readonly rows: number; readonly tokens: number };

/** What the worker's process takes beside tensors: Node.js, TensorFlow and the tokenizer. Measured. */
const processBytes = 0.4 * 2 ** 30;
/** Bytes that the process holds for each byte of tensors that come and go: TensorFlow keeps freed memory, which does not fit all that follows. Measured. */
const heldPerByte = 1.25;

/** Memory that a plan asks of a machine: its weights once, and room to allocate all else. */
export function processMemory({ weights, ...others }: Readonly<Record<string, number>> & { readonly weights: number }): number {
  const rest = Object.values(others).reduce((sum, bytes) => sum + bytes, 0);
  return processBytes + weights + heldPerByte * rest;
}

export function totalBytes(plan: MemoryPlan): number {
  return memoryParts.reduce((sum, part) => sum + plan[part], 0);
}

/** The same, all of it larger or smaller by a factor. */
export function scaledPlan(plan: MemoryPlan, factor: number): MemoryPlan {
  return Object.fromEntries(memoryParts.map((part) => [part, Math.round(factor * plan[part])])) as Record<MemoryPart, number>;
}

/** Whether a model reads its input whole: it has no vocabulary to give logits of. */
function readsWhole(model: ModelSummary): boolean {
  return isEncoder(model) || isDiffusion(model);
}

/** Bytes of the trained weights, their gradients and both moments of Adam, float32. */
export function trainedBytes(trainableParameters: number): number {
  return 16 * trainableParameters;
}

/** Layers from the lowest adapted one up: the others keep nothing. */
export function differentiatedLayers(adapter: AdapterConfig, { numLayers }: ModelSummary): number {
  const targets = methodOf(adapter).targetsOf(adapter);
  if (targets === "none") return 0;
  const lowest = targets !== "all" && targets.layers !== null ? Math.min(...targets.layers) : 0;
  return Math.max(1, numLayers - lowest);
}

/**
 * Bytes that a block keeps for the backward pass: as many numbers a token as its projections give, of an encoder also the block's input; what attention keeps; and
 * what adapters keep.
 */
export function savedByBlock(adapter: AdapterConfig, model: ModelSummary, pass: Pass): number {
  const outputs = widthOf(model, ({ dOut }) => dOut) + (readsWhole(model) ? model.dModel : 0);
  return 4 * (pass.rows * pass.tokens * (outputs + keptByAdapters(adapter, model)) + attentionNumbers(model, pass));
}

/** Summed over the projections of a block; one that not all blocks have counts by their share. */
function widthOf(model: ModelSummary, of: (projection: ModelSummary["projections"][number]) => number): number {
  return model.projections.reduce((sum, projection) => sum + (of(projection) * timesIn(projection, model, null)) / model.numLayers, 0);
}

/** Numbers a token: inputs of adapted projections, those that read the same once, and what the method keeps. */
function keptByAdapters(adapter: AdapterConfig, model: ModelSummary): number {
  const method = methodOf(adapter);
  const targets = method.targetsOf(adapter);
  if (targets === "none") return 0;
  const adapted = targetedProjections(targets === "all" ? null : targets, model) ?? [];
  const inputs = new Map(adapted.map(({ name, dIn }) => [inputOf(name), dIn]));
  // An encoder's attention reads the block's input itself.
  if (readsWhole(model)) inputs.delete("attention");
  // What was mixed counts with attention.
  if (!keepsWeights(model)) inputs.delete("mixture");
  const kept = adapted.reduce((sum, { name, dIn, dOut }) => sum + method.keptNumbers(adapter, { module: name, dIn, dOut }), 0);
  return kept + [...inputs.values()].reduce((sum, dIn) => sum + dIn, 0);
}

function inputOf(projection: string): string {
  if (/(^|[._])(q|k|v|query|key|value)(_proj)?$|qkv|query_key_value|c_attn$/.test(projection)) return "attention";
  if (/(^|\.)o_proj$|attn\.c_proj$|^dense$|attention\.(output\.)?dense$/.test(projection)) return "mixture";
  return /gate|up_proj$|c_fc$|h_to_4h$|intermediate/.test(projection) ? "mlp" : projection;
}

/** What was mixed and the softmaxes' two numbers a token and head, or with disentangled attention the weights of all heads. */
function attentionNumbers(model: ModelSummary, { rows, tokens }: Pass): number {
  const { dModel } = model;
  const heads = model.heads ?? Math.max(1, Math.round(dModel / usualHead));
  if (keepsWeights(model)) return rows * heads * tokens ** 2;
  const mixture = model.projections.find(({ name }) => inputOf(name) === "mixture")?.dIn ?? dModel;
  return rows * tokens * (mixture + 2 * heads);
}

function keepsWeights({ architecture }: ModelSummary): boolean {
  return architecture === "deberta-v2";
}

/** Bytes that passing a block takes beside what it keeps: all that its backward pass makes, or a sparse layer's pre-activations in the forward pass. */
export function workingOfBlock(adapter: AdapterConfig, model: ModelSummary, pass: Pass): number {
  const widths = widthOf(model, ({ dIn, dOut }) => dIn + dOut);
  const tokens = pass.rows * pass.tokens;
  const backward =
    4 *
    (tokens * (1.15 * widths + (keepsWeights(model) ? 9 : 7) * model.dModel) +
      (keepsWeights(model) ? 2 * attentionNumbers(model, pass) : 0));
  const latents = methodOf(adapter).sparsityOf(adapter)?.numLatents ?? 0;
  return Math.max(backward, 0.6 * backward + 4 * tokens * latents);
}

/** Bytes of the final states with their gradients, and of a chunk of logits with its own; an encoder's head reads one token a row. */
export function workingOfLoss(model: ModelSummary, { rows, tokens }: Pass): number {
  const states = 3 * rows * tokens * model.dModel;
  if (readsWhole(model)) return 4 * states;
  const chunk = Math.min(rows * tokens, chunkTokens, Math.max(1, Math.floor(chunkLogits / model.vocab)));
  return 4 * (states + 2 * chunk * model.vocab);
}
