import type { Adapter, AttachedModule } from "@/server/engine/adapters/adapter";
import { add, multiply, rsqrt, square, sumLast } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { reshape, slice } from "@/server/engine/tensor/layout";
import { linear } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import { topK } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { latentVectors, type VectorSide } from "./latent-vectors";
import { NearestList } from "./nearest-list";
import { type Reach, reachOf } from "./related-reach";

export type RelatedOptions = {
  /** Latents that are listed of each, 8 unless told. */
  readonly count?: number | undefined;
  /** Floating point operations that the products may take, both sides together; 4e12 unless told. */
  readonly flops?: number | undefined;
};

/** The nearest latents of every latent of a module, the nearest first. */
export type ModuleRelated = { readonly decoder: NearestList; readonly encoder: NearestList };

export type RelatedLatents = {
  /** By module name; a list's `modules` are places among the adapter's modules. */
  readonly modules: ReadonlyMap<string, ModuleRelated>;
  readonly reach: Reach;
};

/** Most cosines that exist at one time: 16 MiB. */
const BLOCK_COSINES = 2 ** 22;

/**
 * The nearest latents by the cosine of their decoder columns and of their encoder rows (LoRA: columns of B, rows of A), signed:
 * an opposite vector is far. Sought in the same module always, and in modules of equal width as far as the operations allow
 * (`reach`). A zero vector has none and is none's. Yields after each product.
 */
export function* relatedLatents(
  adapter: Adapter,
  { count = 8, flops = 4e12 }: RelatedOptions = {},
): Generator<{ readonly done: number; readonly total: number }, RelatedLatents, void> {
  const { modules } = adapter;
  const reach = reachOf(modules, flops);
  const total = reach.pairs.length;
  let done = 0;
  const found = new Map(
    modules.map(({ module, numLatents }): [string, ModuleRelated] => [
      module,
      { decoder: new NearestList(numLatents, count), encoder: new NearestList(numLatents, count) },
    ]),
  );
  for (const { side, from, to } of reach.pairs) {
    const [own, other] = [modules[from], modules[to]].map((module) => (module === undefined ? undefined : adapter.at(module.module)));
    if (own === undefined || other === undefined) throw new Error(`module ${from} or ${to} is not attached`);
    const list = found.get(own.module.module)?.[side];
    const block = Math.max(1, Math.floor(BLOCK_COSINES / other.module.numLatents));
    for (let begin = 0; begin < own.module.numLatents; begin += block) {
      const size = Math.min(block, own.module.numLatents - begin);
      list?.add(begin, to, nearest(own, other, side, begin, size, count), from === to);
      yield { done, total };
    }
    done++;
  }
  return { modules: found, reach };
}

/** The `count` latents of `other` nearest to each of a block of `own`'s; one more where the latent itself may be among them. */
function nearest(own: AttachedModule, other: AttachedModule, side: VectorSide, begin: number, size: number, count: number) {
  return tidy(() => {
    const mine = latentVectors(own, side);
    const theirs = latentVectors(other, side);
    const block = slice(mine, [begin, 0], [size, mine.shape[1] ?? 0]);
    const scaled = multiply(linear(block, theirs), reshape(inverseNorms(theirs), [other.module.numLatents]));
    const cosines = multiply(scaled, inverseNorms(block));
    const width = Math.min(count + (own === other ? 1 : 0), other.module.numLatents);
    const { indices, values } = topK(add(cosines, absence(theirs)), width);
    return { width, indices: readInts(indices), cosines: readFloats(values), isZero: zeroRows(block) };
  });
}

/** 1 / ‖row‖ of x (n, d) as (n, 1). */
function inverseNorms(x: Tensor): Tensor {
  return rsqrt(add(sumLast(square(x)), fromValues(Float32Array.of(TINY), [1])));
}

/** So small beside any trained vector's squares that it changes none, and keeps a zero vector's cosine at 0. */
const TINY = 1e-30;

/** −4 for a zero vector, below any cosine, so that it is never among the nearest; 0 for the others: (n). */
function absence(x: Tensor): Tensor {
  return fromValues(
    Float32Array.from(zeroRows(x), (isZero) => (isZero === 1 ? -4 : 0)),
    [x.shape[0] ?? 0],
  );
}

function zeroRows(x: Tensor): Uint8Array {
  return Uint8Array.from(readFloats(sumLast(square(x))), (sum) => (sum > 0 ? 0 : 1));
}
