import type { Edit } from "@/lib/contract/edit";
import type { HostActivations } from "@/server/engine/methods/activations";
import type { AdapterModule } from "@/server/engine/methods/adapter-module";
import type { FullWeights } from "@/server/engine/methods/full/full-weights";
import type { HookPass } from "@/server/engine/models/projection-hook";
import type { Adapter } from "./adapter";
import { conditionOf, demandEdits, editsOf, type ModuleEdits } from "./edits";
import type { Trained } from "./trained";

/** Called for each pass of a module with the activations of an arm's tokens, after its edits; (rows · tokens) of them. */
export type ActivationTap = (module: AdapterModule, activations: HostActivations) => void;

/**
 * Called for each pass of a module in which edits reach some token, with ‖edited update − adapter's update‖ / ‖W0 x + b0‖ of each of the arm's
 * tokens.
 */
export type InjectionTap = (module: AdapterModule, injectedNorms: Float32Array) => void;

/** What one sequence of a pass runs with: the base model alone, an adapter, an adapter with edits, or weights in place of the base model's. */
export type Arm = {
  readonly adapter?: Trained | undefined;
  readonly edits?: readonly Edit[] | undefined;
  readonly onActivations?: ActivationTap | undefined;
  /** The modules that `onActivations` is called for; all when absent. Reading a module costs a copy to the host. */
  readonly tappedModules?: ReadonlySet<string> | undefined;
  readonly onInjection?: InjectionTap | undefined;
  /** Which token ids are special, for edits that leave them alone. */
  readonly isSpecial?: ((id: number) => boolean) | undefined;
};

/** An arm with its edits by module, and the latents of each module that some edit hangs on. */
export type PreparedArm = Omit<Arm, "adapter"> & {
  readonly adapter: Adapter | undefined;
  /** Those that were trained whole, below any adapter. */
  readonly weights: FullWeights | undefined;
  readonly editsByModule: ReadonlyMap<string, ModuleEdits>;
  readonly conditionsByModule: ReadonlyMap<string, readonly number[]>;
};

/** Neighbouring rows with one adapter run together, so that its matrices are read once. */
export type Run = { readonly from: number; readonly to: number; readonly adapter: Adapter; readonly arms: readonly PreparedArm[] };

/** @throws as `demandEdits`, and for edits of weights that were trained whole */
export function prepareArm(arm: Arm): PreparedArm {
  const { adapter: trained, edits = [], isSpecial } = arm;
  const adapter = trained?.adapter;
  const editsByModule = new Map<string, ModuleEdits>();
  if (adapter === undefined) {
    if (trained !== undefined && edits.some(({ isOn }) => isOn)) {
      throw new RangeError("edits change latents, and fully fine-tuned weights have none; omit the edits");
    }
    return { ...arm, adapter, weights: trained?.weights, editsByModule, conditionsByModule: new Map() };
  }
  demandEdits(edits, adapter.modules, isSpecial !== undefined);
  for (const module of adapter.modules) {
    const own = editsOf(edits, module);
    if (own !== undefined) editsByModule.set(module.module, own);
  }
  return { ...arm, adapter, weights: undefined, editsByModule, conditionsByModule: conditionsOf(edits) };
}

export function joinRuns(arms: readonly PreparedArm[]): Run[] {
  const runs: { from: number; to: number; adapter: Adapter; arms: PreparedArm[] }[] = [];
  arms.forEach((arm, row) => {
    const last = runs.at(-1);
    if (arm.adapter === undefined) return;
    if (last !== undefined && last.to === row && last.adapter === arm.adapter) {
      last.to++;
      last.arms.push(arm);
    } else runs.push({ from: row, to: row + 1, adapter: arm.adapter, arms: [arm] });
  });
  return runs;
}

/** Whether an arm listens to a module's activations. */
export function isTapped({ onActivations, tappedModules }: Pick<Arm, "onActivations" | "tappedModules">, module: string): boolean {
  return onActivations !== undefined && (tappedModules === undefined || tappedModules.has(module));
}

function conditionsOf(edits: readonly Edit[]): Map<string, number[]> {
  const byModule = new Map<string, number[]>();
  const add = (module: string, index: number) => {
    const known = byModule.get(module) ?? [];
    if (!known.includes(index)) byModule.set(module, [...known, index]);
  };
  for (const edit of edits) {
    if (!edit.isOn) continue;
    const condition = conditionOf(edit);
    if (condition !== undefined) add(condition.latent.module, condition.latent.index);
    if ("onlyIfFiring" in edit && edit.onlyIfFiring === true) add(edit.latent.module, edit.latent.index);
  }
  return byModule;
}

/** Calls the tap of each arm that listens to the module with the activations of its neighbouring rows; those of positions are nobody's. */
export function reportActivations(module: AdapterModule, activations: HostActivations, pass: HookPass, { arms }: Run): void {
  if (pass.reads === "relativePositions") return;
  const { width, indices, values } = activations;
  forEachArm(arms, pass, (arm, from, to) => {
    if (!isTapped(arm, module.module)) return;
    const own = { indices: indices.subarray(from * width, to * width), values: values.subarray(from * width, to * width) };
    arm.onActivations?.(module, { tokens: to - from, width, ...own });
  });
}

/** @param norms by token of the run */
export function reportInjection(module: AdapterModule, norms: Float32Array, pass: HookPass, { arms }: Run): void {
  forEachArm(arms, pass, (arm, from, to) => {
    if (arm.editsByModule.has(module.module)) arm.onInjection?.(module, norms.subarray(from, to));
  });
}

/** Neighbouring rows of one arm at a time, by their tokens within the run. */
function forEachArm(arms: readonly PreparedArm[], { tokens }: HookPass, visit: (arm: PreparedArm, from: number, to: number) => void): void {
  let from = 0;
  arms.forEach((arm, row) => {
    if (arms[row + 1] === arm) return;
    visit(arm, from * tokens, (row + 1) * tokens);
    from = row + 1;
  });
}
