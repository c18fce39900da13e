import type { Edit, EditScope, LatentRef } from "@/lib/contract/edit";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { Arm } from "@/server/engine/adapters/arms";
import type { AdapterModule } from "@/server/engine/methods/adapter-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { retold } from "@/server/engine/tensor/in-parts";

export type StudyPrompt = { readonly text: string; readonly ids: readonly number[] };

/** A string whose probability is read right after each prompt; `ids` are its own tokens, no special ones. */
export type StudyTarget = { readonly text: string; readonly ids: readonly number[] };

/** What a study runs on. */
export type StudyContext = {
  readonly model: CausalModel;
  readonly adapter: Adapter;
  /** Whether a token marks the beginning, the end or a chat turn. */
  readonly isSpecial: (id: number) => boolean;
  readonly decode: (ids: readonly number[]) => string;
  /** Tokens that end a text. */
  readonly endIds: readonly number[];
};

/** Long work in pieces of about a second; yields the units that each piece has done, and nothing between the parts of a piece. */
export type Work<Result> = Generator<number | undefined, Result, void>;

/** Work that yields all units done so far, as work that yields those of each piece. */
export function byPiece<Result>(work: Generator<number | undefined, Result, void>): Work<Result> {
  let before = 0;
  return retold(work, (done) => {
    const more = done - before;
    before = done;
    return more;
  });
}

/** One latent's edit, as a study tries it. */
export type StudiedEdit = Extract<Edit, { readonly latent: LatentRef }>;

export type StudiedOperation = StudiedEdit["operation"];

/** @param value for operations that take one; of others it is left out */
export function studiedEdit(
  operation: StudiedOperation,
  latent: LatentRef,
  value: number | null,
  { scope, onlyIfFiring }: { readonly scope: EditScope; readonly onlyIfFiring?: boolean | undefined },
): StudiedEdit {
  const terms = { latent, isOn: true, scope, ...(onlyIfFiring === undefined ? {} : { onlyIfFiring }) };
  switch (operation) {
    case "ablatePost":
    case "ablatePre":
    case "forceIn":
      return { operation, ...terms };
    default:
      if (value === null || !Number.isFinite(value)) throw new RangeError(`${operation} takes a finite value, but got ${value}`);
      return { operation, value, ...terms };
  }
}

/** The adapter with edits, as a row of a pass takes it. */
export function armWith({ adapter, isSpecial }: StudyContext, edits: readonly Edit[]): Arm {
  return { adapter, edits, isSpecial };
}

/** @throws RangeError when the adapter has no such latent */
export function demandLatent(adapter: Adapter, { module: name, index }: LatentRef): AdapterModule {
  const module = adapter.at(name)?.module;
  if (module === undefined) throw new RangeError(`the adapter has no module ${name}`);
  if (!Number.isInteger(index) || index < 0 || index >= module.numLatents)
    throw new RangeError(`latent ${index} of ${name} is not in 0…${module.numLatents - 1}`);
  return module;
}

/**
 * The layer from which on passes with a studied latent of `layer` differ from unchanged ones, or an earlier one where an edit
 * that is always on hangs on a latent below: a pass has to compute what its conditions read.
 */
export function firstLayer(adapter: Adapter, edits: readonly Edit[], layer: number): number {
  const conditions = edits.flatMap((edit) => (edit.isOn && "onlyIf" in edit && edit.onlyIf !== undefined ? [edit.onlyIf.latent] : []));
  return conditions.reduce((first, { module }) => Math.min(first, adapter.at(module)?.module.layer ?? first), layer);
}
