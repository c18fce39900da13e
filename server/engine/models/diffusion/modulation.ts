import type { DiffusionNames } from "@/lib/contract/architectures/diffusion/diffusion-config";
import type { Conditioning } from "@/server/engine/models/encoders/encoder-block";
import type { EncoderReader } from "@/server/engine/models/encoders/encoder-weights";
import { nonlinearityOf } from "@/server/engine/models/nonlinearity";
import { frozenOutput } from "@/server/engine/models/projection";
import { add, multiply } from "@/server/engine/tensor/arithmetic";
import { scalar } from "@/server/engine/tensor/create";
import { reshape, split } from "@/server/engine/tensor/layout";
import { frozenRows } from "@/server/engine/tensor/packed";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** A layer that no adapter reaches. */
type FrozenLayer = (x: Tensor) => Tensor;

/** What modulates states of each row, (rows, dModel): time step and class as one vector, through SiLU. */
export type Embedder = (told: Conditioning) => Tensor;

const silu = nonlinearityOf("silu");

/** @param prefix of the names of a block, which has an embedder of its own */
export function readEmbedder({ inner }: DiffusionNames, prefix: string, layer: number, reader: EncoderReader): Embedder {
  const first = frozenLayer(reader, `${prefix}.${inner.time.inner}`, layer);
  const second = frozenLayer(reader, `${prefix}.${inner.time.outer}`, layer);
  const classes = reader.table(`${prefix}.${inner.classes}.weight`);
  return (told) =>
    tidy(() => {
      const time = second(silu.forward(first(told.timesteps)));
      return silu.forward(add(time, frozenRows(classes, told.classes)));
    });
}

export function frozenLayer(reader: EncoderReader, module: string, layer: number): FrozenLayer {
  const projection = reader.linear(module, layer);
  return (x) => tidy(() => frozenOutput(projection, x));
}

/** What a norm's output is multiplied by and moved by in each row, (rows, 1, dModel). */
export type Shift = { readonly scale: Tensor; readonly shift: Tensor };

/** (rows, n · dModel) → n of (rows, 1, dModel) */
export function perRow(x: Tensor, n: number): Tensor[] {
  const [rows = 0, width = 0] = x.shape;
  const dModel = width / n;
  return tidy(() => split(x, new Array<number>(n).fill(dModel), 1).map((part) => reshape(part, [rows, 1, dModel])));
}

/** 1 + what the model gives. */
export function scaleOf(x: Tensor): Tensor {
  return add(scalar(1), x);
}

/** x (rows · tokens, d) · factors (rows, 1, d) */
export function timesRows(x: Tensor, factors: Tensor): Tensor {
  return tidy(() => reshape(multiply(byRow(x, factors), factors), x.shape));
}

/** Normalised states, scaled and moved row by row. */
export function modulate(x: Tensor, { scale, shift }: Shift): Tensor {
  return tidy(() => reshape(add(multiply(byRow(x, scale), scale), shift), x.shape));
}

function byRow(x: Tensor, { shape: [rows = 0] }: Tensor): Tensor {
  const [all = 0, d = 0] = x.shape;
  return reshape(x, [rows, all / rows, d]);
}
