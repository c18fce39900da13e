import type { Edit } from "@/lib/contract/edit";
import { moduleKey } from "@/lib/contract/latent-key";

/** Of a collection's module, what is needed here. */
type RangedModule = {
  readonly name: string;
  readonly layer: number;
  readonly projection: string;
  readonly updateRange: { readonly p99: number } | null;
};

/**
 * 99th percentiles of ‖Δ‖ / ‖W0 x‖ over the modules that edits touch: the range that the adapter itself stays in. Beyond `most` a token has left the
 * range of every edited module; between the two it may have.
 */
export type OwnRange = {
  readonly least: number;
  readonly most: number;
  /** `L12 v_proj`. */
  readonly leastModule: string;
  readonly mostModule: string;
  /** Edited modules of which nothing was measured. */
  readonly unmeasured: number;
};

/** The range of the modules that switched-on edits touch; null where none of them was measured. */
export function ownRange(edits: readonly Edit[], modules: readonly RangedModule[]): OwnRange | null {
  const edited = editedModules(edits, modules);
  const measured = edited.flatMap((module) => (module.updateRange === null ? [] : [{ module, p99: module.updateRange.p99 }]));
  const sorted = measured.sort((a, b) => a.p99 - b.p99);
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return null;
  return {
    least: first.p99,
    most: last.p99,
    leastModule: moduleKey(first.module),
    mostModule: moduleKey(last.module),
    unmeasured: edited.length - measured.length,
  };
}

function editedModules(edits: readonly Edit[], modules: readonly RangedModule[]): RangedModule[] {
  const on = edits.filter(({ isOn }) => isOn);
  if (on.some(({ operation }) => operation === "adapterOff")) return [...modules];
  const names = new Set(on.map((edit) => ("latent" in edit ? edit.latent.module : "module" in edit ? edit.module : "")));
  return modules.filter(({ name }) => names.has(name));
}
