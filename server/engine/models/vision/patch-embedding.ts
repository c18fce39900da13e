import { patchGrid, type VisionConfig } from "@/lib/contract/architectures/vision/vision-config";
import type { ImageBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { EncoderReader } from "@/server/engine/models/encoders/encoder-weights";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { Images } from "@/server/engine/models/images";
import { joinRows, type WeightSource } from "@/server/engine/models/weights";
import { add, addBias } from "@/server/engine/tensor/arithmetic";
import { fromOwnValues, fromValues } from "@/server/engine/tensor/create";
import { concat, gatherRows, reshape } from "@/server/engine/tensor/layout";
import { layerNorm } from "@/server/engine/tensor/normalise";
import { linear } from "@/server/engine/tensor/products";
import { keep, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { hasOwnPositions } from "./image-batch";
import { resampleGrid } from "./resample";

/**
 * Reads what makes tokens of images. The function that it returns projects each whole patch, adds its position, and puts the class token, with
 * its position, and the registers, which have none, before them; pixels beyond the last whole patch count for nothing.
 */
export function patchEmbedding(
  config: VisionConfig,
  source: WeightSource,
  reader: EncoderReader,
  weights: FrozenWeights,
): (batch: ImageBatch) => Tensor {
  const { names, dModel } = config;
  const own = (name: string) => `${names.prefix}.${name}`;
  const kernel = weights.dense(source.read(own(`${names.patches}.weight`)), [dModel, patchLength(config)]);
  const bias = config.hasPatchBias ? reader.vector(own(`${names.patches}.bias`)) : undefined;
  const norm = names.firstNorm === undefined ? undefined : reader.norm(own(names.firstNorm));
  const table = source.read(own(names.positions));
  const ofClass = names.classToken === undefined ? undefined : sum(source.read(own(names.classToken)), table.subarray(0, dModel));
  const positionsOf = positionTable(table.subarray(ofClass === undefined ? 0 : dModel), config);
  const registers = names.registers === undefined ? new Float32Array() : source.read(own(names.registers));
  const before = joinRows([ofClass ?? new Float32Array(), registers]);
  const numBefore = before.length / dModel;
  const beforeRows = numBefore === 0 ? undefined : weights.hold(keep(fromOwnValues(before, [numBefore, dModel])));

  return ({ images, rows, tokens }) =>
    tidy(() => {
      const numPatches = tokens - numBefore;
      const projected = linear(fromOwnValues(unfold(images, config), [rows * numPatches, patchLength(config)]), kernel);
      const patches = reshape(bias === undefined ? projected : addBias(projected, bias), [rows, numPatches, dModel]);
      const placed = add(patches, fromValues(positionsOf(images), [1, numPatches, dModel]));
      const parts = beforeRows === undefined ? placed : concat([repeated(beforeRows, rows), placed], 1);
      const states = reshape(parts, [rows * tokens, dModel]);
      return norm === undefined ? states : layerNorm(states, norm.weight, norm.bias, config.normEpsilon).y;
    });
}

/** Numbers of a patch: channels, then its rows and columns. */
export function patchLength({ channels, patchSize }: Pick<VisionConfig, "channels" | "patchSize">): number {
  return channels * patchSize.height * patchSize.width;
}

/** (rows, channels, height, width) → (rows · patches, channels · patch height · patch width), patches row by row */
export function unfold({ pixels, channels, height, width }: Images, config: Pick<VisionConfig, "channels" | "patchSize">): Float32Array {
  const { patchSize } = config;
  const grid = patchGrid({ height, width }, config);
  const rows = pixels.length / (channels * height * width);
  const unfolded = new Float32Array(rows * grid.height * grid.width * patchLength(config));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < grid.height * grid.width; place++) {
      const top = Math.floor(place / grid.width) * patchSize.height;
      const left = (place % grid.width) * patchSize.width;
      for (let channel = 0; channel < channels; channel++) {
        for (let y = 0; y < patchSize.height; y++) {
          const from = ((row * channels + channel) * height + top + y) * width + left;
          unfolded.set(pixels.subarray(from, from + patchSize.width), at);
          at += patchSize.width;
        }
      }
    }
  }
  return unfolded;
}

/**
 * @param own (patches, dModel) positions of images of the model's size
 * @returns those of images of any size; the last interpolated ones are kept
 */
function positionTable(own: Float32Array, config: VisionConfig): (images: Images) => Float32Array {
  let last: { readonly size: string; readonly positions: Float32Array } | undefined;
  return (images) => {
    if (hasOwnPositions(images, config)) return own;
    const grid = patchGrid(images, config);
    const size = `${grid.height}×${grid.width}`;
    if (last?.size !== size) last = { size, positions: resampleGrid(own, patchGrid(config.imageSize, config), grid, config.interpolation) };
    return last.positions;
  };
}

/** (n, d) → (rows, n, d) */
function repeated(table: Tensor, rows: number): Tensor {
  const [n = 0] = table.shape;
  return gatherRows(
    table,
    fromValues(
      Int32Array.from({ length: rows * n }, (_, at) => at % n),
      [rows, n],
    ),
  );
}

function sum(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value + (b[i] as number));
}
