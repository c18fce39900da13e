import type { StanPart } from "@/lib/contract/methods/stan/settings";
import { type HostActivations, type TokenActivations, tokenOf } from "@/server/engine/methods/activations";
import type { Ruling } from "@/server/engine/methods/attached-module";
import { add } from "@/server/engine/tensor/arithmetic";
import { fromValues } from "@/server/engine/tensor/create";
import { concat, slice } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Kept, keepFrom, passing } from "./keep-latents";
import { reselect } from "./reselect";
import type { Selector } from "./selector";
import { keptWidth, type StanModule } from "./stan-module";

/** A part as a module of its own, with the place of its first latent and of its first entry among those that a token keeps. */
type Part = { readonly module: StanModule; readonly from: number; readonly slot: number };

/** TopK in each part of a module apart, as the adapters selected that were merged into it. Kept latents ascend, since parts do. */
export function byPart(module: StanModule, parts: readonly StanPart[]): Selector {
  const own = partsOf(module, parts);
  const keep = (preActivations: Tensor): Kept =>
    tidy(() => {
      const kept = own.map((part) => keepFrom(part.module, columnsOf(preActivations, part)));
      return {
        indices: concat(
          kept.map(({ indices }, place) => offset(indices, own[place]?.from ?? 0)),
          1,
        ),
        values: concat(
          kept.map(({ values }) => values),
          1,
        ),
      };
    });
  return {
    inTraining: () => (preActivations) => {
      const kept = keep(preActivations);
      return { ...kept, mask: passing(module, kept.values) };
    },
    keep,
    refills: true,
    reselect: (preActivations, before, rulings) => reselectByPart(own, preActivations, before, rulings),
    passing: (values) => passing(module, values),
    stored: () => ({}),
  };
}

/** @throws RangeError when the parts are not the module's latents */
export function demandParts({ module, numLatents }: Pick<StanModule, "module" | "numLatents">, parts: readonly StanPart[]): void {
  const sum = parts.reduce((all, part) => all + part.numLatents, 0);
  if (sum !== numLatents) throw new RangeError(`${module} has ${numLatents} latents, but its parts have ${sum}`);
}

/** The parts when only some latents stay; one without any is gone. */
export function partsLeft(parts: readonly StanPart[], left: readonly number[]): StanPart[] {
  let from = 0;
  return parts.flatMap((part) => {
    const to = from + part.numLatents;
    const numLatents = left.filter((index) => index >= from && index < to).length;
    from = to;
    return numLatents === 0 ? [] : [{ ...part, numLatents }];
  });
}

function partsOf({ parts: _, ...module }: StanModule, parts: readonly StanPart[]): Part[] {
  let [from, slot] = [0, 0];
  return parts.map(({ numLatents, k }) => {
    const part = { module: { ...module, numLatents, k }, from, slot };
    [from, slot] = [from + numLatents, slot + keptWidth(part.module)];
    return part;
  });
}

function columnsOf(preActivations: Tensor, { module, from }: Part): Tensor {
  return slice(preActivations, [0, from], [preActivations.shape[0] ?? 0, module.numLatents]);
}

function offset(indices: Tensor, from: number): Tensor {
  if (from === 0) return indices;
  return add(indices, fromValues(Int32Array.of(from), [1]));
}

/** The tokens at which any part's selection changes, with what all parts keep there. */
function reselectByPart(
  parts: readonly Part[],
  preActivations: Tensor,
  before: HostActivations,
  rulings: ReadonlyMap<number, Ruling>,
): ReadonlyMap<number, TokenActivations> {
  const befores = parts.map((part) => entriesOf(before, part));
  const changed = parts.map((part, place) =>
    tidy(() => reselect(part.module, columnsOf(preActivations, part), befores[place] as HostActivations, rulingsOf(rulings, part))),
  );
  const tokens = [...new Set(changed.flatMap((own) => [...own.keys()]))].sort((a, b) => a - b);
  return new Map(
    tokens.map((token): [number, TokenActivations] => {
      const kept = parts.map(({ from }, place) => {
        const { indices, values } = changed[place]?.get(token) ?? tokenOf(befores[place] as HostActivations, token);
        return { indices: indices.map((index) => index + from), values };
      });
      return [
        token,
        {
          indices: Int32Array.from(kept.flatMap(({ indices }) => [...indices])),
          values: Float32Array.from(kept.flatMap(({ values }) => [...values])),
        },
      ];
    }),
  );
}

/** A part's entries of each token, by its own numbers. */
function entriesOf({ tokens, width, indices, values }: HostActivations, { module, from, slot }: Part): HostActivations {
  const own = keptWidth(module);
  const place = (at: number) => Math.floor(at / own) * width + slot + (at % own);
  return {
    tokens,
    width: own,
    indices: Int32Array.from({ length: tokens * own }, (_, at) => (indices[place(at)] as number) - from),
    values: Float32Array.from({ length: tokens * own }, (_, at) => values[place(at)] as number),
  };
}

/** Of rulings those that name latents of a part, by its own numbers. */
function rulingsOf(rulings: ReadonlyMap<number, Ruling>, { module, from }: Part): ReadonlyMap<number, Ruling> {
  const isOwn = (index: number) => index >= from && index < from + module.numLatents;
  const own = (indices: Iterable<number>) => [...indices].filter(isOwn).map((index) => index - from);
  return new Map(
    [...rulings].flatMap(([token, { masked, forced }]): [number, Ruling][] => {
      const ruling = { masked: new Set(own(masked)), forced: own(forced) };
      return ruling.masked.size + ruling.forced.length === 0 ? [] : [[token, ruling]];
    }),
  );
}
