import type { ImageInputConfig } from "@/lib/contract/architectures/vision-language/vision-language-config";
import { repeated } from "@/server/engine/models/block-passes";
import type { EncoderBlock, EncoderPass } from "@/server/engine/models/encoders/encoder-block";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { add } from "@/server/engine/tensor/arithmetic";
import { zeros } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { concat, reshape, slice } from "@/server/engine/tensor/layout";
import { free, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** What a pass up the tower leaves for the way back: by block its input and what it saved, nothing of those below the lowest that is adapted. */
type Kept<Saved> = { readonly x: Tensor; readonly saved: Saved | undefined };

export type TowerPass<Saved> = {
  /** (images · features, dModel · featureLayers) */
  readonly features: Tensor;
  readonly kept: readonly Kept<Saved>[];
};

type Reading = Pick<ImageInputConfig, "featureLayers" | "dropsFirst">;

/** The states of images that a projector reads, from those that enter the first block. A block is a part. */
export function* towerForward<Saved>(
  blocks: readonly EncoderBlock<Saved>[],
  x: Tensor,
  pass: EncoderPass,
  reading: Reading,
  { lowest, recomputes = false }: { readonly lowest: number; readonly recomputes?: boolean | undefined },
): InParts<TowerPass<Saved>> {
  const read = new Set(reading.featureLayers);
  const states = new Map<number, Tensor>();
  const kept: Kept<Saved>[] = [];
  let input = x;
  for (const [at, block] of blocks.entries()) {
    const own = input;
    const { y, saved } = tidy(() => {
      const made = block.forward(own, pass);
      return at >= lowest && !recomputes ? made : { y: made.y, saved: undefined };
    });
    if (read.has(at)) states.set(at, own);
    if (at >= lowest) kept.push({ x: own, saved });
    else if (!read.has(at)) free(own);
    input = y;
    yield;
  }
  states.set(blocks.length, input);
  const features = tidy(() => {
    const parts = reading.featureLayers.map((layer) => selected(states.get(layer) as Tensor, pass, reading));
    return parts.length === 1 ? (parts[0] as Tensor) : concat(parts, 1);
  });
  return { features, kept };
}

/** The way back from the features' gradient, which this does not free, adding the adapters' gradients. A block is a part. */
export function* towerBackward<Saved>(
  blocks: readonly EncoderBlock<Saved>[],
  kept: TowerPass<Saved>["kept"],
  dFeatures: Tensor,
  pass: EncoderPass,
  reading: Reading,
  gradients: Gradients,
): InParts<void> {
  const lowest = blocks.length - kept.length;
  const again: EncoderPass = { ...pass, hookPass: repeated(pass.hookPass) };
  let d: Tensor | undefined;
  for (let at = blocks.length - 1; at >= lowest; at--) {
    const above = d;
    const [block, own] = [blocks[at], kept[at - lowest]];
    if (block === undefined || own === undefined) return;
    const { dInput, made } = tidy(() => {
      const dy = withOwn(above, at + 1, dFeatures, pass, reading);
      const saved = own.saved ?? block.forward(own.x, again).saved;
      const made: Gradients = new Map();
      return { dInput: dy && block.backward(dy, saved, pass, at > lowest, made), made };
    });
    for (const [key, gradient] of made) gradients.set(key, gradient);
    free(above, own.saved);
    d = dInput;
    yield;
  }
}

/** The gradient of hidden state `layer`: from the block above it, and from the features where it is read. */
function withOwn(above: Tensor | undefined, layer: number, dFeatures: Tensor, pass: EncoderPass, reading: Reading): Tensor | undefined {
  const { featureLayers } = reading;
  const width = (dFeatures.shape[1] ?? 0) / featureLayers.length;
  return featureLayers.reduce<Tensor | undefined>((sum, read, place) => {
    if (read !== layer) return sum;
    const own = slice(dFeatures, [0, place * width], [dFeatures.shape[0] ?? 0, width]);
    const whole = unselected(own, pass, reading);
    return sum === undefined ? whole : add(sum, whole);
  }, above);
}

/** (rows · tokens, d) → (rows · features, d) */
function selected(states: Tensor, { rows, tokens }: EncoderPass, { dropsFirst }: Reading): Tensor {
  const [, d = 0] = states.shape;
  if (!dropsFirst) return reshape(states, states.shape);
  return reshape(slice(reshape(states, [rows, tokens, d]), [0, 1, 0], [rows, tokens - 1, d]), [rows * (tokens - 1), d]);
}

function unselected(dStates: Tensor, { rows, tokens }: EncoderPass, { dropsFirst }: Reading): Tensor {
  const [, d = 0] = dStates.shape;
  if (!dropsFirst) return reshape(dStates, dStates.shape);
  const whole = concat([zeros([rows, 1, d]), reshape(dStates, [rows, tokens - 1, d])], 1);
  return reshape(whole, [rows * tokens, d]);
}
