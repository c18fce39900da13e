import type { Adapter } from "@/server/engine/adapters/adapter";
import type { AdapterModule } from "@/server/engine/methods/adapter-module";
import type { AttachedModule, VectorSide } from "@/server/engine/methods/attached-module";
import { add, multiply, rsqrt, square, sumLast } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { concat, slice } from "@/server/engine/tensor/layout";
import { linear } from "@/server/engine/tensor/products";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import { topK } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Candidates, NearestList } from "./nearest-list";
import { type ModulePair, type Reach, reachOf } from "./related-reach";

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

/** Latents of several modules that are sought in together, so that a product is worth its overhead. */
const JOINED_LATENTS = 2 ** 14;

/**
 * The nearest latents by the cosine of their decoder columns and of their encoder rows (LoRA: columns of B, rows of A), signed:
 * an opposite vector is far. Sought in the same module always, and in modules of equal width as far as the operations allow
 * (`reach`). A zero vector has none and is none's. Yields the pairs of modules that are done after each product.
 */
export function* relatedLatents(
  adapter: Adapter,
  { count = 8, flops = 4e12 }: RelatedOptions = {},
): Generator<{ readonly done: number; readonly total: number }, RelatedLatents, void> {
  const { modules } = adapter;
  const reach = reachOf(modules, flops);
  const found = new Map(
    modules.map(({ module, numLatents }): [string, ModuleRelated] => [
      module,
      { decoder: new NearestList(numLatents, count), encoder: new NearestList(numLatents, count) },
    ]),
  );
  const total = reach.pairs.length;
  let done = 0;
  for (const search of searchesOf(modules, reach.pairs)) {
    const own = attachedAt(adapter, search.from);
    const others = search.to.map((place) => attachedAt(adapter, place));
    const list = found.get(own.module.module)?.[search.side];
    const joined = keep(tidy(() => directionsOf(others, search.side)));
    const block = Math.max(1, Math.floor(BLOCK_COSINES / (joined.vectors.shape[0] ?? 1)));
    try {
      for (let begin = 0; begin < own.module.numLatents; begin += block) {
        const size = Math.min(block, own.module.numLatents - begin);
        list?.add(begin, search.from, nearest(own, joined, search, begin, size, count));
        yield { done, total };
      }
    } finally {
      free(joined);
    }
    done += search.to.length;
  }
  return { modules: found, reach };
}

/** All vectors of one module against all of some others, by place. */
type Search = { readonly side: VectorSide; readonly from: number; readonly to: readonly number[]; readonly places: LatentPlaces };

/** Joins pairs of one module and side until they hold `JOINED_LATENTS`. */
function searchesOf(modules: readonly AdapterModule[], pairs: readonly ModulePair[]): Search[] {
  const searches: { side: VectorSide; from: number; to: number[]; latents: number }[] = [];
  for (const { side, from, to } of pairs) {
    const last = searches.at(-1);
    const latents = modules[to]?.numLatents ?? 0;
    if (last !== undefined && last.side === side && last.from === from && last.latents + latents <= JOINED_LATENTS) {
      last.to.push(to);
      last.latents += latents;
    } else searches.push({ side, from, to: [to], latents });
  }
  return searches.map((search) => ({ ...search, places: placesOf(modules, search.to) }));
}

/** Module and index of each joined latent. */
type LatentPlaces = { readonly modules: Int32Array; readonly indices: Int32Array };

function placesOf(modules: readonly AdapterModule[], to: readonly number[]): LatentPlaces {
  const places = to.flatMap((place) => Array.from({ length: modules[place]?.numLatents ?? 0 }, (_, index) => ({ place, index })));
  return { modules: Int32Array.from(places, ({ place }) => place), indices: Int32Array.from(places, ({ index }) => index) };
}

/** Vectors at length 1 (n, d), zero ones as they are, and what keeps zero ones away: −4, below any cosine, or 0 for the others (n). */
type Directions = { readonly vectors: Tensor; readonly absence: Tensor };

function directionsOf(attached: readonly AttachedModule[], side: VectorSide): Directions {
  const vectors = concat(
    attached.map((one) => one.vectors(side)),
    0,
  );
  const absence = Float32Array.from(zeroRows(vectors), (isZero) => (isZero === 1 ? -4 : 0));
  return { vectors: multiply(vectors, inverseNorms(vectors)), absence: fromValues(absence, [absence.length]) };
}

/** The `count` latents of `joined` nearest to each of a block of `own`'s, and one more where the latent itself may be among them. */
function nearest(own: AttachedModule, joined: Directions, { side, from, to, places }: Search, begin: number, size: number, count: number) {
  return tidy((): Candidates => {
    const mine = own.vectors(side);
    const block = slice(mine, [begin, 0], [size, mine.shape[1] ?? 0]);
    const cosines = linear(multiply(block, inverseNorms(block)), joined.vectors);
    const width = Math.min(count + (to.includes(from) ? 1 : 0), places.indices.length);
    const { indices, values } = topK(add(cosines, joined.absence), width);
    const joinedIndices = readInts(indices);
    return {
      width,
      modules: joinedIndices.map((at) => places.modules[at] as number),
      indices: joinedIndices.map((at) => places.indices[at] as number),
      cosines: readFloats(values),
      isZero: zeroRows(block),
    };
  });
}

function attachedAt(adapter: Adapter, place: number): AttachedModule {
  const attached = adapter.at(adapter.modules[place]?.module ?? "");
  if (attached === undefined) throw new RangeError(`module ${place} is not in 0…${adapter.modules.length - 1}`);
  return attached;
}

/** 1 / ‖row‖ of x (n, d) as (n, 1). */
function inverseNorms(x: Tensor): Tensor {
  return rsqrt(add(sumLast(square(x)), fromValues(Float32Array.of(TINY), [1])));
}

/** So small beside any trained vector's squares that it changes none, and keeps a zero vector's cosine at 0. */
const TINY = 1e-30;

function zeroRows(x: Tensor): Uint8Array {
  return Uint8Array.from(readFloats(sumLast(square(x))), (sum) => (sum > 0 ? 0 : 1));
}
