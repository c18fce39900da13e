import type { LatentRef } from "@/lib/contract/edit";
import type { HookPass } from "@/server/engine/models/projection-hook";

/** Activations before edits that edits of the same or of later modules hang on, handed on within one forward pass. */
export class ConditionReadings {
  private readonly byPass = new WeakMap<HookPass, Map<string, Float32Array>>();

  /** @param token of the pass, of all its rows */
  write(pass: HookPass, latent: LatentRef, token: number, activation: number): void {
    const byLatent = this.byPass.get(pass) ?? new Map<string, Float32Array>();
    this.byPass.set(pass, byLatent);
    const key = keyOf(latent);
    const readings = byLatent.get(key) ?? new Float32Array(pass.rows * pass.tokens).fill(Number.NaN);
    byLatent.set(key, readings);
    readings[token] = activation;
  }

  /** @throws RangeError when the latent's module has not run in this pass */
  read(pass: HookPass, latent: LatentRef, token: number): number {
    const activation = this.byPass.get(pass)?.get(keyOf(latent))?.[token];
    if (activation !== undefined) return activation;
    throw new RangeError(
      `an edit depends on latent ${latent.index} of ${latent.module}, which this pass did not compute: a pass that starts above it cannot run the edit`,
    );
  }
}

function keyOf({ module, index }: LatentRef): string {
  return `${module} ${index}`;
}
