import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { AblationOperation } from "@/lib/contract/effect";
import { mayUse } from "@/lib/contract/methods/methods";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { AdapterModule } from "@/server/engine/methods/adapter-module";

/** A latent to be measured, with the latents of its module that it is set beside. */
export type AblationTarget = { readonly latent: LatentRef; readonly controls: readonly number[] };

/** One latent taken out in one way: what is measured at a time, over all rows. */
export type Ablation = {
  readonly latent: LatentRef;
  readonly operation: AblationOperation;
  /** Whether what it writes is measured too. */
  readonly isTarget: boolean;
};

/** Targets of one layer that are measured together, and whatever that asks for that no group before has measured. */
export type AblationGroup = {
  readonly layer: number;
  readonly targets: readonly AblationTarget[];
  readonly ablations: readonly Ablation[];
};

export function ablationKey({ latent, operation }: Pick<Ablation, "latent" | "operation">): string {
  return `${operation} ${latent.index} ${latent.module}`;
}

export function editOf({ latent, operation }: Ablation): Edit {
  return { operation, latent, isOn: true, scope: "all" };
}

/**
 * The operations that differ in an adapter: where nothing is selected, as in LoRA, components are only taken out after; where no latent takes the slot
 * of one that is masked, as in BatchTopK, masking is the same as taking it out after.
 */
export function operationsOf(adapter: Adapter, wanted: readonly AblationOperation[]): AblationOperation[] {
  const possible = [...new Set(wanted)].filter((operation) => mayUse(operation, adapter.method));
  const refills = adapter.modules.some(({ module }) => adapter.keepsZeros(module));
  return refills || !possible.includes("ablatePost") ? possible : ["ablatePost"];
}

/**
 * Orders targets by layer, and cuts them into groups of one layer each. A control that several targets share is measured once.
 *
 * @param groupSize most targets of a group
 * @throws RangeError when a target or control is not a latent of the adapter
 */
export function planAblations(
  adapter: Adapter,
  targets: readonly AblationTarget[],
  operations: readonly AblationOperation[],
  groupSize: number,
): AblationGroup[] {
  const byLayer = new Map<number, AblationTarget[]>();
  for (const target of targets) {
    const { layer } = demandLatents(adapter, target);
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), target]);
  }
  const measured = new Set<string>();
  return [...byLayer.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([layer, own]) =>
      cut(own, groupSize).map((group) => ({ layer, targets: group, ablations: ablationsOf(group, operations, measured) })),
    );
}

/** Adds what it plans to `measured`. A target is measured even where it was a control before, since its rows are wanted. */
function ablationsOf(targets: readonly AblationTarget[], operations: readonly AblationOperation[], measured: Set<string>): Ablation[] {
  const planned = new Map<string, Ablation>();
  for (const { latent } of targets)
    for (const operation of operations) planned.set(ablationKey({ latent, operation }), { latent, operation, isTarget: true });
  for (const { latent, controls } of targets) {
    for (const index of controls) {
      for (const operation of operations) {
        const control: Ablation = { latent: { module: latent.module, index }, operation, isTarget: false };
        const key = ablationKey(control);
        if (!planned.has(key) && !measured.has(key)) planned.set(key, control);
      }
    }
  }
  for (const key of planned.keys()) measured.add(key);
  return [...planned.values()];
}

function demandLatents(adapter: Adapter, { latent, controls }: AblationTarget): AdapterModule {
  const module = adapter.at(latent.module)?.module;
  if (module === undefined) throw new RangeError(`the adapter has no module ${latent.module}`);
  for (const index of [latent.index, ...controls]) {
    if (!Number.isInteger(index) || index < 0 || index >= module.numLatents)
      throw new RangeError(`latent ${index} of ${latent.module} is not in 0…${module.numLatents - 1}`);
  }
  return module;
}

function cut<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
