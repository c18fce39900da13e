import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { ActivationTap, Arm, InjectionTap } from "@/server/engine/adapters/arm-runs";
import type { Trained } from "@/server/engine/adapters/trained";

/** The latents to be reported: those asked for, then those that an edit names, each once. */
export function watchedLatents(watch: readonly LatentRef[], edits: readonly Edit[]): LatentRef[] {
  const edited = edits.flatMap((edit) => ("latent" in edit ? [edit.latent] : []));
  const byKey = new Map([...watch, ...edited].map((latent) => [keyOf(latent.module, latent.index), latent]));
  return [...byKey.values()];
}

/** @throws RangeError when no adapter has a watched latent */
export function demandWatched(watch: readonly LatentRef[], adapters: readonly Trained[]): void {
  for (const { module, index } of watch) {
    const found = adapters.map(({ adapter }) => adapter?.at(module)?.module).find((attached) => attached !== undefined);
    if (found === undefined) throw new RangeError(`${module} is watched, but no adapter has that module`);
    if (index >= found.numLatents) throw new RangeError(`${module} has latents 0…${found.numLatents - 1}, so ${index} cannot be watched`);
  }
}

/** What one pass of one arm reported of its tokens, by the taps that were hung into it. */
export type Observation = {
  readonly arm: Arm;
  /** Of a token of the pass, in the order of the watched latents; null where the arm has no such module. */
  activationsAt(token: number): (number | null)[];
  /** ‖edited update − adapter's update‖ / ‖W0 x‖ of a token, the largest over edited modules; 0 where nothing was changed. */
  injectedNormAt(token: number): number;
  /** Forgets the last pass. */
  clear(): void;
};

/** Hangs taps into an arm. An arm without an adapter has nothing to report. */
export function observe(arm: Arm, watch: readonly LatentRef[]): Observation {
  const activations = new Map<string, Float32Array>();
  let injected = new Float32Array(0);
  const onActivations: ActivationTap = ({ module }, { tokens, width, indices, values }) => {
    for (const latent of watch) {
      if (latent.module !== module) continue;
      const ofLatent = new Float32Array(tokens);
      for (let at = 0; at < tokens * width; at++) {
        if (indices[at] === latent.index) ofLatent[Math.floor(at / width)] = values[at] ?? 0;
      }
      activations.set(keyOf(module, latent.index), ofLatent);
    }
  };
  const onInjection: InjectionTap = (_, norms) => {
    if (injected.length !== norms.length) injected = new Float32Array(norms.length);
    norms.forEach((norm, token) => {
      injected[token] = Math.max(injected[token] ?? 0, norm);
    });
  };
  const isEdited = (arm.edits ?? []).some(({ isOn }) => isOn);
  return {
    arm: {
      ...arm,
      ...(arm.adapter !== undefined && watch.length > 0
        ? { onActivations, tappedModules: new Set(watch.map(({ module }) => module)) }
        : {}),
      ...(arm.adapter !== undefined && isEdited ? { onInjection } : {}),
    },
    activationsAt: (token) => watch.map(({ module, index }) => activations.get(keyOf(module, index))?.[token] ?? null),
    injectedNormAt: (token) => injected[token] ?? 0,
    clear() {
      activations.clear();
      injected = new Float32Array(0);
    },
  };
}

function keyOf(module: string, index: number): string {
  return `${module} ${index}`;
}
