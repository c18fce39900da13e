import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { LoraTensors } from "@/lib/contract/methods/lora/tensors";
import { type LatentMethodName, latentMethodOf } from "@/lib/contract/methods/methods";
import type { AdapterModule, AdapterTensors, Own } from "@/server/engine/methods/adapter-module";
import type { LoraModule } from "@/server/engine/methods/lora/lora-module";
import type { StanModule } from "@/server/engine/methods/stan/stan-module";
import { type DenseUpdate, product } from "./dense-model";

/** What a sequence is read with. */
export type DenseArm = {
  readonly modules: readonly AdapterModule[];
  readonly tensors: ReadonlyMap<string, AdapterTensors>;
  readonly edits: readonly Edit[];
  readonly ids: ArrayLike<number>;
  readonly promptLength: number;
  readonly isSpecial: (id: number) => boolean;
  /** W0 x of a module without its bias, by token: DoRA reads it, and the norms of W0's rows. */
  readonly frozen?: (module: string) => { rows: readonly ArrayLike<number>[]; times(x: readonly ArrayLike<number>[]): Float64Array[] };
};

/**
 * The edited update of an adapter by the definitions of the operations and nothing else: every latent of every token in a dense vector, in float64.
 *
 * @returns the update, and how near the closest decision was that a rounding could turn: a rank, a latent that fires, a threshold
 */
export function denseEdits(arm: DenseArm): { update: DenseUpdate; closest(): number } {
  /** Activations before edits of each module computed so far, (token, numLatents). */
  const before = new Map<string, Float64Array[]>();
  let closest = Number.POSITIVE_INFINITY;
  const decide = (margin: number) => {
    closest = Math.min(closest, Math.abs(margin));
  };

  function update(name: string, x: readonly ArrayLike<number>[]): Float64Array[] | undefined {
    const module = arm.modules.find(({ module }) => module === name);
    const tensors = arm.tensors.get(name);
    if (module === undefined || tensors === undefined) return undefined;
    const reading = "E" in tensors ? tensors.E.data : tensors.A.data;
    const writing = latentMethodOf(module).decoder(tensors).data;
    const z = product(reading, x, undefined);
    before.set(
      name,
      z.map((row) => activationsOf(module).select(module, row, { status: new Map(), decide, threshold: thresholdOf(module) })),
    );
    const edited = z.map((row, token) => editRow(module, row, token));
    const low = product(writing, edited, undefined).map((row) => row.map((value) => module.scaling * value));
    if (module.method !== "lora" || module.isDora !== true) return low;
    return rescaled(module, tensors as LoraTensors, x, low);
  }

  /** (g − 1) ⊙ W0 x + g ⊙ low, with g by the unedited matrices; nothing where the whole update is off. */
  function rescaled(
    module: LoraModule,
    { A, B, magnitude }: LoraTensors,
    x: readonly ArrayLike<number>[],
    low: Float64Array[],
  ): Float64Array[] {
    const frozen = arm.frozen?.(module.module);
    if (frozen === undefined || magnitude === undefined) throw new Error("DoRA needs the frozen weight and magnitudes");
    const { numLatents, dIn, scaling } = module;
    const gains = frozen.rows.map((row, o) => {
      const squares = Array.from(row, (weight, c) => {
        let change = 0;
        for (let i = 0; i < numLatents; i++) change += (B.data[o * numLatents + i] as number) * (A.data[i * dIn + c] as number);
        return (weight + scaling * change) ** 2;
      });
      return (magnitude.data[o] as number) / Math.sqrt(squares.reduce((a, b) => a + b, 0));
    });
    const plain = frozen.times(x);
    return low.map((row, token) => {
      const isOff = arm.edits.some(
        (edit) => (edit.operation === "moduleOff" || edit.operation === "adapterOff") && works(edit, module, token),
      );
      return row.map((value, o) => (isOff ? 0 : ((gains[o] as number) - 1) * (plain[token]?.[o] as number) + (gains[o] as number) * value));
    });
  }

  function editRow(module: AdapterModule, z: Float64Array, token: number): Float64Array {
    const working = arm.edits.filter((edit) => works(edit, module, token));
    const status = new Map<number, "in" | "out">();
    for (const edit of working) {
      if (edit.operation === "ablatePre") status.set(edit.latent.index, "out");
      if (edit.operation === "forceIn") status.set(edit.latent.index, "in");
    }
    let a = activationsOf(module).select(module, z, { status, decide, threshold: thresholdOf(module) });
    for (const edit of working) a = a.map((value, latent) => changed(edit, value, latent));
    return working.some(({ operation }) => operation === "moduleOff" || operation === "adapterOff") ? a.fill(0) : a;
  }

  function thresholdOf({ module }: AdapterModule): number | undefined {
    const tensors = arm.tensors.get(module);
    return tensors !== undefined && "threshold" in tensors ? tensors.threshold?.data[0] : undefined;
  }

  function works(edit: Edit, { module }: AdapterModule, token: number): boolean {
    const named = edit.operation === "adapterOff" ? module : "latent" in edit ? edit.latent.module : edit.module;
    if (!edit.isOn || named !== module || !isIn(edit.scope, token, arm.promptLength)) return false;
    if (edit.skipsSpecialTokens === true && arm.isSpecial(arm.ids[token] ?? -1)) return false;
    if ("onlyIfFiring" in edit && edit.onlyIfFiring === true && read(edit.latent, token) === 0) return false;
    if (!("onlyIf" in edit) || edit.onlyIf === undefined) return true;
    const activation = read(edit.onlyIf.latent, token);
    if (activation !== 0) decide(activation - edit.onlyIf.above);
    return activation > edit.onlyIf.above;
  }

  function read({ module, index }: LatentRef, token: number): number {
    const activation = before.get(module)?.[token]?.[index];
    if (activation === undefined) throw new Error(`${module} was not computed before it was asked`);
    if (activation !== 0) decide(activation);
    return activation;
  }

  return { update, closest: () => closest };
}

function isIn(scope: Edit["scope"], position: number, promptLength: number): boolean {
  if (scope === "all") return true;
  if (scope === "prompt") return position < promptLength;
  if (scope === "generated") return position >= promptLength;
  return scope.from <= position && position <= scope.to;
}

function changed(edit: Edit, value: number, latent: number): number {
  if (edit.operation === "isolate") return edit.indices.includes(latent) ? value : 0;
  if (!("latent" in edit) || edit.latent.index !== latent) return value;
  switch (edit.operation) {
    case "scale":
      return value * edit.value;
    case "clamp":
      return edit.value;
    case "minClamp":
      return Math.max(value, edit.value);
    case "add":
      return value + edit.value;
    case "ablatePost":
      return 0;
    default:
      return value;
  }
}

type Selecting = {
  readonly status: ReadonlyMap<number, "in" | "out">;
  decide(margin: number): void;
  readonly threshold: number | undefined;
};
/** What a module makes of its pre-activations z, by the definition of its method. */
type DenseActivations<Module> = { select(module: Module, z: Float64Array, selecting: Selecting): Float64Array };

const all = { select: (_: AdapterModule, z: Float64Array) => z };
const activations: { readonly [Method in LatentMethodName]: DenseActivations<Own[Method]["module"]> } = {
  stan: { select: selectOfStan },
  lora: all,
  vera: all,
};

function activationsOf<Method extends LatentMethodName>({ method }: { readonly method: Method }): DenseActivations<Own[Method]["module"]> {
  return activations[method];
}

/**
 * Dense activations after TopK, some latents out of the running (as if at −∞) and some in whatever their rank; of BatchTopK those above its threshold,
 * among which none takes another's place.
 */
function selectOfStan({ selection, k }: StanModule, z: Float64Array, { status, decide, threshold }: Selecting): Float64Array {
  const rank = (latent: number) => (selection === "abs" ? Math.abs(z[latent] as number) : (z[latent] as number));
  const latents = Array.from(z.keys());
  const forced = latents.filter((latent) => status.get(latent) === "in");
  const others = latents.filter((latent) => !status.has(latent)).sort((a, b) => rank(b) - rank(a));
  if (threshold !== undefined) {
    for (const latent of others) decide(rank(latent) - threshold);
    const kept = new Set([...forced, ...others.filter((latent) => rank(latent) > threshold)]);
    return z.map((value, latent) => (kept.has(latent) ? (selection === "relu" ? Math.max(value, 0) : value) : 0));
  }
  const room = Math.max(0, k - forced.length);
  const [last, next] = [others[room - 1], others[room]];
  if (last !== undefined && next !== undefined) decide(rank(last) - rank(next));
  const kept = new Set([...forced, ...others.slice(0, room)]);
  return z.map((value, latent) => (kept.has(latent) ? (selection === "relu" ? Math.max(value, 0) : value) : 0));
}
