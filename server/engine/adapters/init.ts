import { Random } from "@/lib/numbers/random";
import { initialMagnitudes } from "./dora";
import { type FrozenLinear, frozenLinearOf } from "./frozen-linear";
import type { AdapterModule, AdapterSettings } from "./settings";

/** A matrix by rows. */
export type Matrix = { readonly shape: readonly [number, number]; readonly data: Float32Array };

/** STAN: E (numLatents, dIn), D (dOut, numLatents). */
export type StanTensors = { readonly E: Matrix; readonly D: Matrix };

/** LoRA: A (rank, dIn), B (dOut, rank); of DoRA also a magnitude for each output. */
export type LoraTensors = { readonly A: Matrix; readonly B: Matrix; readonly magnitude?: Vector };

export type Vector = { readonly shape: readonly [number]; readonly data: Float32Array };

export type AdapterTensors = StanTensors | LoraTensors;

/** Standard deviation of D where it does not start at zero. */
const SMALL = 1e-2;

/**
 * The matrices that training starts from: E and A Kaiming-uniform with a = √5, so within ±1/√dIn, as PEFT starts LoRA's A;
 * D and B zero, or D normal with deviation 1e-2 with `init: "small"`; DoRA's magnitudes are the norms of the frozen rows. One seed gives one start.
 *
 * @param projections the model's, where an update reads the frozen weight
 */
export function initialTensors(
  modules: readonly AdapterModule[],
  settings: AdapterSettings,
  seed: number,
  projections: readonly Partial<FrozenLinear>[] = [],
): Map<string, AdapterTensors> {
  const random = new Random(seed);
  return new Map(
    modules.map((module): [string, AdapterTensors] => {
      const { dIn, dOut, numLatents } = module;
      const reading: Matrix = { shape: [numLatents, dIn], data: uniform(numLatents * dIn, 1 / Math.sqrt(dIn), random) };
      const writing: Matrix = { shape: [dOut, numLatents], data: new Float32Array(dOut * numLatents) };
      if (module.method === "lora") {
        if (module.isDora !== true) return [module.module, { A: reading, B: writing }];
        const data = initialMagnitudes(frozenLinearOf(module.module, projections));
        return [module.module, { A: reading, B: writing, magnitude: { shape: [dOut], data } }];
      }
      if (settings.method === "stan" && settings.init === "small")
        for (let i = 0; i < writing.data.length; i++) writing.data[i] = SMALL * random.nextNormal();
      return [module.module, { E: reading, D: writing }];
    }),
  );
}

function uniform(length: number, bound: number, random: Random): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = ((random.nextWord() + 0.5) / 2 ** 31 - 1) * bound;
  return values;
}
