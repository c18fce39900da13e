import type { Adapter } from "@/server/engine/adapters/adapter";
import type { AdapterModule } from "@/server/engine/methods/adapter-module";
import { type CausalModel, type LabelledBatch, NO_LABEL } from "@/server/engine/models/causal-model";
import type { HeadTensors } from "@/server/engine/models/encoders/classification-head";
import type { AnsweredBatch, ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { free } from "@/server/engine/tensor/scope";
import { type LatentObserver, type ObservedLatents, observingHooks } from "./observing-hooks";

/**
 * First-order change of the loss, in nats, if a latent were ablated: −a·∂L/∂a over the positions where it fires. `sum / count`
 * is the attribution of one firing.
 */
export type ModuleAttribution = {
  /** By latent, as are the others. */
  readonly sum: Float64Array;
  readonly sumSquares: Float64Array;
  /** Positions where the latent fires, whole numbers. */
  readonly count: Float64Array;
};

/** By module name. */
export type Attribution = ReadonlyMap<string, ModuleAttribution>;

/** What is through of a backward pass: rows, and tokens without padding, that count. */
export type AttributionProgress = { readonly rows: number; readonly tokens: number };

/**
 * One forward and backward pass over labelled rows, L being the sum of their label tokens' cross-entropies. Every position but
 * padding counts; rows without a label token are left out, since nothing in them can change the loss. Yields after each batch, and between the parts of its passes.
 *
 * @param strength what every module's update is multiplied by; L then is that adapter's loss, and the slopes are of a latent's share of the whole update
 */
export function attributeLatents(model: CausalModel, adapter: Adapter, batches: Iterable<LabelledBatch>, strength = 1): Attributing {
  const run = (batch: LabelledBatch, hooks: ProjectionHooks) => model.inParts.lossAndGradients(batch, hooks, 1);
  return attribute(adapter, batches, { countedOf: countedPositions, run, strength });
}

/**
 * The same over whole answered rows, L being the sum of their cross-entropies or squared errors. Every position but padding counts.
 *
 * @param head read again for each pass
 */
export function attributeAnswers(
  model: ClassificationModel,
  head: () => HeadTensors,
  adapter: Adapter,
  batches: Iterable<AnsweredBatch>,
): Attributing {
  function* run(batch: AnsweredBatch, hooks: ProjectionHooks): InParts<void> {
    // The head itself needs no gradient.
    const { gradients } = yield* model.inParts.lossAndGradients(batch, hooks, head(), 1);
    free(gradients);
  }
  return attribute(adapter, batches, { countedOf: realPositions, run, strength: 1 });
}

type Attributing = Generator<AttributionProgress | undefined, Attribution, void>;

type Backward<Rows> = {
  /** (rows · tokens) 1 at the positions of a batch that count; a batch without any is passed over. */
  countedOf(batch: Rows): Uint8Array;
  run(batch: Rows, hooks: ProjectionHooks): InParts<unknown>;
  readonly strength: number;
};

function* attribute<Rows extends { readonly rows: number; readonly tokens: number }>(
  adapter: Adapter,
  batches: Iterable<Rows>,
  { countedOf, run, strength }: Backward<Rows>,
): Attributing {
  const attribution = createAttribution(adapter.modules);
  let [rows, tokens] = [0, 0];
  for (const batch of batches) {
    const counted = countedOf(batch);
    if (!counted.includes(1)) continue;
    const onBackward: LatentObserver["onBackward"] = (module, latents, slopes) => addPass(attribution, module, latents, slopes, counted);
    const hooks = observingHooks(adapter, { onBackward }, strength);
    yield* run(batch, hooks);
    tokens += counted.reduce((sum, one) => sum + one, 0);
    for (let row = 0; row < batch.rows; row++) rows += counted.subarray(row * batch.tokens, (row + 1) * batch.tokens).includes(1) ? 1 : 0;
    yield { rows, tokens };
  }
  return attribution;
}

function createAttribution(modules: readonly AdapterModule[]): Attribution {
  const zeros = (length: number) => new Float64Array(length);
  return new Map(
    modules.map(({ module, numLatents }) => [module, { sum: zeros(numLatents), sumSquares: zeros(numLatents), count: zeros(numLatents) }]),
  );
}

function addPass(
  attribution: Attribution,
  { module }: AdapterModule,
  { width, indices, activations }: ObservedLatents,
  slopes: Float32Array,
  counted: Uint8Array,
): void {
  const own = attribution.get(module);
  if (own === undefined) throw new Error(`${module} is not a module of the attribution`);
  const { sum, sumSquares, count } = own;
  counted.forEach((isCounted, position) => {
    if (isCounted === 0) return;
    for (let at = position * width; at < (position + 1) * width; at++) {
      const activation = activations[at] as number;
      if (activation === 0) continue;
      const latent = indices[at] as number;
      const value = -activation * (slopes[at] as number);
      sum[latent] = (sum[latent] as number) + value;
      sumSquares[latent] = (sumSquares[latent] as number) + value * value;
      count[latent] = (count[latent] as number) + 1;
    }
  });
}

/** (rows · tokens) 1 at the real tokens of rows that carry loss. */
function countedPositions({ rows, tokens, labels, attentionMask }: LabelledBatch): Uint8Array {
  const counted = new Uint8Array(rows * tokens);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * tokens, (row + 1) * tokens];
    const isLabelled = labels.subarray(from + 1, to).some((label) => label !== NO_LABEL);
    if (isLabelled) for (let at = from; at < to; at++) counted[at] = attentionMask?.[at] === 0 ? 0 : 1;
  }
  return counted;
}

/** (rows · tokens) 1 at the real tokens. */
function realPositions({ rows, tokens, attentionMask }: AnsweredBatch): Uint8Array {
  return Uint8Array.from({ length: rows * tokens }, (_, at) => (attentionMask?.[at] === 0 ? 0 : 1));
}
