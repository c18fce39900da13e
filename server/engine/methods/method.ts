import type { BakedForm } from "@/lib/contract/methods/methods";
import type { Matrix, Vector } from "@/lib/contract/methods/tensors";
import type { Random } from "@/lib/numbers/random";
import type { AttachedModule } from "./attached-module";
import type { FrozenLinear } from "./frozen-linear";
import type { FrozenMatrices } from "./frozen-matrices";
import type { AdaptableModule } from "./targets";

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
  /** Of the trained numbers, and of those that modules share, in float32. */
  readonly bytes: number;
};

/** What a list of edits makes of one module: the latents that stay, ascending, and by latent a factor on what it writes. */
export type Baking = { readonly left: readonly number[]; readonly factors: Float64Array };

/** A module of an adapter that is merged with others, and what its update is multiplied by. */
export type MergedPart<Module, Tensors> = { readonly module: Module; readonly tensors: Tensors; readonly weight: number };

/** A model's projections, of which an update may read the frozen weights. */
export type FrozenProjections = readonly Partial<FrozenLinear>[];

/** What a module's first tensors may depend on beside its settings. */
type Beginning<Tensors> = {
  readonly random: Random;
  readonly projections: FrozenProjections;
  /** What all modules share. */
  readonly shared: Partial<Tensors>;
};

/** What a module reads that is not its own. */
export type Surroundings = {
  readonly projections: FrozenProjections;
  /** The adapter's tensors that are not trained. */
  readonly frozen: FrozenMatrices;
};

/** What a method with latents is to the engine, beside its description in `lib/contract/methods`. One that lacks a part does not compile. */
export type LatentMethodOf<Settings, Module, Tensors extends Readonly<Record<string, Matrix | Vector | undefined>>> = {
  /** @throws RangeError for settings that no module can have */
  plan(settings: Settings, place: AdaptableModule): Module;
  /** Shapes of the stored tensors by part, as PEFT orients them. */
  shapes(module: Module): ReadonlyMap<string, readonly number[]>;
  /** Tensors that all modules of an adapter share; they may be wider than a module needs. */
  readonly shared?: {
    readonly parts: readonly (keyof Tensors)[];
    start(modules: readonly Module[], settings: Settings): Partial<Tensors>;
    /** How many numbers they are. */
    size(modules: readonly Module[]): number;
  };
  /** The tensors that training starts from. */
  start(module: Module, settings: Settings, beginning: Beginning<Tensors>): Tensors;
  /** @param tensors of the shapes that `shapes` says */
  attach(module: Module, tensors: Tensors, surroundings: Surroundings): AttachedModule;
  /** Activations that a module gives for each token. */
  width(module: Module): number;
  cost(module: Module): ModuleCost;
  bakedForm(module: Module): BakedForm;
  /**
   * One module whose update is the weighted sum of those of others of the same place, with scaling 1. Absent where no module can be.
   *
   * @throws RangeError for modules that none can hold
   */
  merge?(parts: readonly [MergedPart<Module, Tensors>, ...MergedPart<Module, Tensors>[]]): {
    readonly module: Module;
    readonly tensors: Tensors;
  };
  bake(module: Module, tensors: Tensors, baking: Baking): { readonly module: Module; readonly tensors: Tensors };
};

/** @throws RangeError when a size is not a whole number above 0 */
export function demandSizes(module: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`${module}: ${name} must be a whole number above 0, but is ${size}`);
  }
}
