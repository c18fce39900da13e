import type { Store } from "@/server/db/client";
import { listAblationChanges } from "@/server/db/labels/effects";
import { listLabelChanges } from "@/server/db/labels/labels";
import { type RevisionKey, readRevision } from "@/server/db/labels/revisions";
import { type CollectionRow, subjectOf } from "./collections";
import { ordinalOf, ordinalOffsets } from "./latent-ordinals";

/** Values that some latents have, by ordinal, as of a revision; they may change after the collection. */
export type SparseColumn<Value> = { values: ReadonlyMap<number, Value>; revision: number };

type Change<Value> = { ordinal: number; value: Value | undefined; revision: number };

/** Of a label, what is searched; there may be a note alone. */
export type LabelWords = { text: string; note: string };

export async function readLabelColumn(store: Store, collection: CollectionRow): Promise<SparseColumn<LabelWords>> {
  const subject = subjectOf(collection);
  const offsets = ordinalOffsets(collection.modules);
  const places = new Map(collection.modules.map(({ name }, place) => [name, place]));
  return refreshed(store, `${collection.id} labels`, `labels ${subject}`, async (after) =>
    (await listLabelChanges(store.db, subject, after)).map(({ module, index, text, note, revision }) => ({
      // Labels of modules or latents that this collection has not are left out.
      ordinal: ordinalOf(offsets, { module: places.get(module) ?? -1, index }),
      value: text === "" && note === "" ? undefined : { text, note },
      revision,
    })),
  );
}

/** Measured change of loss a firing when a latent is ablated after TopK; `halfWidth` of its 95 % interval, null where there is none. */
export type MeasuredChange = { perFiring: number; halfWidth: number | null };

export async function readAblationColumn(store: Store, collection: CollectionRow): Promise<SparseColumn<MeasuredChange>> {
  const offsets = ordinalOffsets(collection.modules);
  return refreshed(store, `${collection.id} ablations`, `effects ${collection.id}`, async (after) =>
    (await listAblationChanges(store.db, collection.id, after)).map(({ module, index, perFiring, halfWidth, revision }) => ({
      ordinal: ordinalOf(offsets, { module, index }),
      value: { perFiring, halfWidth },
      revision,
    })),
  );
}

/** Rough size of an entry. */
const entryBytes = 120;

async function refreshed<Value>(
  store: Store,
  key: string,
  revisionKey: RevisionKey,
  changesAfter: (revision: number) => Promise<Change<Value>[]>,
): Promise<SparseColumn<Value>> {
  const held = await store.cache.get(key, async () => ({ value: new Held<Value>(), bytes: entryBytes }));
  if ((await readRevision(store.db, revisionKey)) > held.revision) {
    held.apply(await changesAfter(held.revision));
    store.cache.setBytes(key, (held.values.size + 1) * entryBytes);
  }
  return held;
}

/** What was read, brought up to date by changes; of two reads side by side, the one that ends last may be the older. */
class Held<Value> {
  readonly values = new Map<number, Value>();
  readonly #revisions = new Map<number, number>();
  revision = 0;

  apply(changes: readonly Change<Value>[]): void {
    for (const { ordinal, value, revision } of changes) {
      this.revision = Math.max(this.revision, revision);
      if (ordinal < 0 || revision < (this.#revisions.get(ordinal) ?? 0)) continue;
      this.#revisions.set(ordinal, revision);
      if (value === undefined) this.values.delete(ordinal);
      else this.values.set(ordinal, value);
    }
  }
}
