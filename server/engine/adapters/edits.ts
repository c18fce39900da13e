import type { Edit, EditScope } from "@/lib/contract/edit";
import type { AdapterModule } from "./settings";

/** Activations of some tokens on the host; by ascending latent index in each token. */
export type HostActivations = {
  readonly tokens: number;
  /** Entries a token. */
  readonly width: number;
  /** (tokens · width) */
  readonly indices: Int32Array;
  readonly values: Float32Array;
};

/** One token's part of them. */
export type TokenActivations = { readonly indices: Int32Array; readonly values: Float32Array };

/** Where a token stands. */
export type TokenPlace = { readonly position: number; readonly promptLength: number };

/** What a list of edits asks of one module. */
export type ModuleEdits = {
  /** Scopes in which the whole update is 0. */
  readonly off: readonly EditScope[];
  /** Latents that are masked before TopK; whatever their place in the list, this comes before any change of an activation. */
  readonly masked: readonly { readonly index: number; readonly scope: EditScope }[];
  /** Changes of single latents, in the listed order. */
  readonly latents: readonly LatentEdit[];
};

type LatentEdit = {
  readonly operation: "scale" | "clamp" | "ablatePost";
  readonly index: number;
  readonly value: number;
  readonly scope: EditScope;
};

/**
 * The part of a list of edits that touches one module; undefined where none does, so that such a module runs as if there
 * were no edits.
 *
 * @throws RangeError when a latent's index is outside the module, or a latent is to be masked where nothing is selected
 */
export function editsOf(edits: readonly Edit[], module: AdapterModule): ModuleEdits | undefined {
  const off: EditScope[] = [];
  const masked: { index: number; scope: EditScope }[] = [];
  const latents: LatentEdit[] = [];
  for (const edit of edits) {
    if (!edit.isOn) continue;
    if (edit.operation === "adapterOff") off.push(edit.scope);
    else if (edit.operation === "moduleOff") {
      if (edit.module === module.module) off.push(edit.scope);
    } else if (edit.latent.module === module.module) {
      const { scope } = edit;
      const { index } = edit.latent;
      if (index >= module.numLatents)
        throw new RangeError(`${module.module} has latents 0…${module.numLatents - 1}, and an edit names ${index}`);
      if (edit.operation === "ablatePre") {
        demandSelection(module);
        masked.push({ index, scope });
      } else latents.push({ operation: edit.operation, index, scope, value: edit.operation === "ablatePost" ? 0 : edit.value });
    }
  }
  return off.length + masked.length + latents.length === 0 ? undefined : { off, masked, latents };
}

function demandSelection({ module, method }: AdapterModule): void {
  if (method === "stan") return;
  throw new RangeError(
    `${module} is a LoRA module: all of its components are kept, so none can be masked before TopK; ablatePost takes one out`,
  );
}

/** @throws RangeError when an edit names a module that the adapter has not, listing those it has */
export function demandModules(edits: readonly Edit[], modules: readonly AdapterModule[]): void {
  for (const edit of edits) {
    const named = edit.operation === "adapterOff" ? undefined : edit.operation === "moduleOff" ? edit.module : edit.latent.module;
    if (named === undefined || modules.some(({ module }) => module === named)) continue;
    throw new RangeError(`an edit names ${named}, and the adapter's modules are ${modules.map(({ module }) => module).join(", ")}`);
  }
}

export function isInScope(scope: EditScope, { position, promptLength }: TokenPlace): boolean {
  if (scope === "all") return true;
  if (scope === "prompt") return position < promptLength;
  if (scope === "generated") return position >= promptLength;
  return position >= scope.from && position <= scope.to;
}

/** Whether the module's update is 0 at a token. */
export function isOffAt(edits: ModuleEdits, place: TokenPlace): boolean {
  return edits.off.some((scope) => isInScope(scope, place));
}

/** Whether anything changes at a token. */
export function isEditedAt(edits: ModuleEdits, place: TokenPlace): boolean {
  const isHere = ({ scope }: { readonly scope: EditScope }) => isInScope(scope, place);
  return isOffAt(edits, place) || edits.masked.some(isHere) || edits.latents.some(isHere);
}

/** The latents that are masked at a token. */
export function maskedAt(edits: ModuleEdits | undefined, place: TokenPlace): ReadonlySet<number> {
  return new Set(edits?.masked.filter(({ scope }) => isInScope(scope, place)).map(({ index }) => index));
}

/**
 * One token's activations after the edits of activations; masking is done before. Latents that a clamp brings in are added in their place by index, so that the
 * update sums in the same order as without edits.
 */
export function editToken({ indices, values }: TokenActivations, edits: ModuleEdits, place: TokenPlace): TokenActivations {
  if (isOffAt(edits, place)) return { indices, values: new Float32Array(values.length) };
  const changed = new Map<number, number>();
  const before = (index: number) => {
    const slot = indices.indexOf(index);
    return slot < 0 ? 0 : (values[slot] as number);
  };
  for (const { operation, index, value, scope } of edits.latents) {
    if (!isInScope(scope, place)) continue;
    const present = changed.get(index) ?? before(index);
    changed.set(index, operation === "scale" ? present * value : value);
  }
  const entering = [...changed].filter(([index, value]) => value !== 0 && !indices.includes(index)).map(([index]) => index);
  if (entering.length === 0) return { indices, values: values.map((value, slot) => changed.get(indices[slot] as number) ?? value) };
  const merged = Int32Array.from([...indices, ...entering]).sort();
  return { indices: merged, values: Float32Array.from(merged, (index) => changed.get(index) ?? before(index)) };
}

export function tokenOf({ width, indices, values }: HostActivations, token: number): TokenActivations {
  const [from, to] = [token * width, (token + 1) * width];
  return { indices: indices.subarray(from, to), values: values.subarray(from, to) };
}

/** Lays tokens of different widths out as one block, filled up with latents of activation 0 that the token has not yet. */
export function joinTokens(tokens: readonly TokenActivations[]): HostActivations {
  const width = tokens.reduce((widest, { indices }) => Math.max(widest, indices.length), 0);
  const joined = {
    tokens: tokens.length,
    width,
    indices: new Int32Array(tokens.length * width),
    values: new Float32Array(tokens.length * width),
  };
  tokens.forEach((token, i) => {
    const full = token.indices.length === width ? token : fillUp(token, width);
    joined.indices.set(full.indices, i * width);
    joined.values.set(full.values, i * width);
  });
  return joined;
}

function fillUp({ indices, values }: TokenActivations, width: number): TokenActivations {
  const byIndex = new Map(Array.from(indices, (index, slot) => [index, values[slot] as number]));
  for (let index = 0; byIndex.size < width; index++) if (!byIndex.has(index)) byIndex.set(index, 0);
  const sorted = Int32Array.from(byIndex.keys()).sort();
  return { indices: sorted, values: Float32Array.from(sorted, (index) => byIndex.get(index) ?? 0) };
}
