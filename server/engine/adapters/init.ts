import { Random } from "@/lib/numbers/random";
import type { AdapterModule, AdapterSettings } from "./settings";

/** A matrix by rows. */
export type Matrix = { readonly shape: readonly [number, number]; readonly data: Float32Array };

/** STAN: E (numLatents, dIn), D (dOut, numLatents). */
export type StanTensors = { readonly E: Matrix; readonly D: Matrix };

/** LoRA: A (rank, dIn), B (dOut, rank). */
export type LoraTensors = { readonly A: Matrix; readonly B: Matrix };

export type AdapterTensors = StanTensors | LoraTensors;

/** Standard deviation of D where it does not start at zero. */
const SMALL = 1e-2;

/**
 * The matrices that training starts from: E and A Kaiming-uniform with a = √5, so within ±1/√dIn, as PEFT starts LoRA's A;
 * D and B zero, or D normal with deviation 1e-2 with `init: "small"`. One seed gives one start.
 */
export function initialTensors(modules: readonly AdapterModule[], settings: AdapterSettings, seed: number): Map<string, AdapterTensors> {
  const random = new Random(seed);
  return new Map(
    modules.map((module): [string, AdapterTensors] => {
      const { dIn, dOut, numLatents } = module;
      const reading: Matrix = { shape: [numLatents, dIn], data: uniform(numLatents * dIn, 1 / Math.sqrt(dIn), random) };
      const writing: Matrix = { shape: [dOut, numLatents], data: new Float32Array(dOut * numLatents) };
      if (settings.method === "lora") return [module.module, { A: reading, B: writing }];
      if (settings.init === "small") for (let i = 0; i < writing.data.length; i++) writing.data[i] = SMALL * random.nextNormal();
      return [module.module, { E: reading, D: writing }];
    }),
  );
}

function uniform(length: number, bound: number, random: Random): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = ((random.nextWord() + 0.5) / 2 ** 31 - 1) * bound;
  return values;
}
