import type { BakedForm } from "@/lib/contract/methods/methods";
import type { Random } from "@/lib/numbers/random";
import type { AttachedModule } from "./attached-module";
import type { FrozenLinear } from "./frozen-linear";
import type { AdaptableModule } from "./targets";
import type { Matrix, Vector } from "./tensors";

/** What one module weighs. */
export type ModuleCost = {
  /** Trained numbers. */
  readonly trainableParameters: number;
  /** Of them, those that take part in one token's update: k of M latents; all of LoRA. */
  readonly activeParameters: number;
  /** Of the update alone, forward, multiplications and additions counted apart. */
  readonly flopsPerToken: number;
};

/** What is trained weighs, so that comparisons are fair. */
export type AdapterCost = ModuleCost & {
  /** Of the trained numbers, in float32. */
  readonly bytes: number;
};

/** What a list of edits makes of one module: the latents that stay, ascending, and by latent a factor on what it writes. */
export type Baking = { readonly left: readonly number[]; readonly factors: Float64Array };

/** A model's projections, of which an update may read the frozen weights. */
export type FrozenProjections = readonly Partial<FrozenLinear>[];

/** What a method with latents is to the engine, beside its description in `lib/contract/methods`. One that lacks a part does not compile. */
export type LatentMethodOf<Settings, Module, Tensors extends Readonly<Record<string, Matrix | Vector | undefined>>> = {
  /** @throws RangeError for settings that no module can have */
  plan(settings: Settings, place: AdaptableModule): Module;
  /** Shapes of the stored tensors by part, as PEFT orients them. */
  shapes(module: Module): ReadonlyMap<string, readonly number[]>;
  /** The tensors that training starts from. */
  start(module: Module, settings: Settings, random: Random, projections: FrozenProjections): Tensors;
  /** @param tensors of the shapes that `shapes` says */
  attach(module: Module, tensors: Tensors, projections: FrozenProjections): AttachedModule;
  /** Activations that a module gives for each token. */
  width(module: Module): number;
  cost(module: Module): ModuleCost;
  bakedForm(module: Module): BakedForm;
  bake(module: Module, tensors: Tensors, baking: Baking): { readonly module: Module; readonly tensors: Tensors };
};

/** @throws RangeError when a size is not a whole number above 0 */
export function demandSizes(module: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`${module}: ${name} must be a whole number above 0, and is ${size}`);
  }
}
