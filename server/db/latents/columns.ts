import { latentColumns } from "@/lib/contract/latent-columns/latent-columns";
import type { Store } from "@/server/db/client";
import type { ColumnKind } from "@/server/db/tables/collection-tables";
import type { CollectionRow } from "./collections";
import { type NumberColumn, otherColumns } from "./column-names";
import { ordinalOffsets } from "./latent-ordinals";
import { findNearDuplicates } from "./near-duplicates";
import { withClient } from "./own-tables";
import { readCopy } from "./read-copy";

/** A latent's value by ordinal; NaN, or −1 of counts, where there is none. */
export type ColumnValues = Int32Array | Float32Array;

/** Ordinals by ascending value: the first `present` have one, the others follow by ordinal. Null stands for the ordinals themselves, 0, 1, 2 and so on. */
export type ColumnOrder = { ordinals: Uint32Array | null; present: number };

/** Which latents have a text among their top tokens: text n those from `starts[n]` to `starts[n + 1]` in `latents`. */
export type TokenIndex = { texts: readonly string[]; lowerCase: readonly string[]; starts: Uint32Array; latents: Uint32Array };

/** Rough size of a string's head beside its characters. */
const stringBytes = 40;

/**
 * The packed columns of a finished collection, which never change: each is loaded at its first use and kept while there is room.
 */
export function readValues(store: Store, collection: CollectionRow, name: NumberColumn | "topDomain"): Promise<ColumnValues> {
  const { id } = collection;
  return store.cache.get(`${id} values ${name}`, async () => {
    const loaded = await find(store, id, name, "values");
    if (loaded === undefined && isNewer(name)) {
      const value = new Float32Array(ordinalOffsets(collection.modules).at(-1) ?? 0).fill(Number.NaN);
      return { value, bytes: value.byteLength };
    }
    const { kind, bytes } = demand(loaded, id, name);
    return { value: kind === "int32" ? new Int32Array(bytes) : new Float32Array(bytes), bytes: bytes.byteLength };
  });
}

export function readOrder(store: Store, { id }: CollectionRow, name: NumberColumn): Promise<ColumnOrder> {
  return store.cache.get<ColumnOrder>(`${id} order ${name}`, async () => {
    const loaded = await find(store, id, name, "order");
    if (loaded === undefined && isNewer(name)) return { value: { ordinals: null, present: 0 }, bytes: 0 };
    const { bytes, present } = demand(loaded, id, name);
    return { value: { ordinals: new Uint32Array(bytes), present }, bytes: bytes.byteLength };
  });
}

/**
 * By ordinal the latent that leads each one's near-duplicates, and whether it has any; null where no latent has. `members`: the groups of more than one, by their
 * leader.
 */
export type DuplicateGroups = { leaders: Int32Array; isGrouped: Uint8Array; members: ReadonlyMap<number, readonly number[]> } | null;

/** A collection of an earlier version has them worked out of its table at the first use. */
export function readDuplicates(store: Store, { id, modules }: CollectionRow): Promise<DuplicateGroups> {
  return store.cache.get<DuplicateGroups>(`${id} duplicates`, async () => {
    const packed = await find(store, id, otherColumns.duplicates, "values");
    const leaders =
      packed === undefined
        ? await withClient(store.pool, (client) => findNearDuplicates(client, id, modules))
        : new Int32Array(packed.bytes);
    const members = new Map<number, number[]>();
    const isGrouped = new Uint8Array(leaders.length);
    leaders.forEach((leader, ordinal) => {
      if (leader === ordinal) return;
      isGrouped[leader] = 1;
      isGrouped[ordinal] = 1;
      const group = members.get(leader);
      if (group === undefined) members.set(leader, [leader, ordinal]);
      else group.push(ordinal);
    });
    if (members.size === 0) return { value: null, bytes: stringBytes };
    return { value: { leaders, isGrouped, members }, bytes: leaders.byteLength + isGrouped.byteLength + members.size * groupBytes };
  });
}

/** Rough size of a group of near-duplicates beside its place in the column. */
const groupBytes = 200;

/** Texts of the collection's tokens, by number. */
export function readTexts(store: Store, { id }: CollectionRow): Promise<readonly string[]> {
  return store.cache.get(`${id} texts`, async () => {
    const { bytes } = await load(store, id, otherColumns.texts, "values");
    const value = JSON.parse(Buffer.from(bytes).toString("utf8")) as string[];
    return { value, bytes: bytes.byteLength + value.length * stringBytes };
  });
}

export function readTokenIndex(store: Store, collection: CollectionRow): Promise<TokenIndex> {
  const { id } = collection;
  return store.cache.get(`${id} tokens`, async () => {
    const texts = await readTexts(store, collection);
    const lowerCase = texts.map((text) => text.toLowerCase());
    const starts = new Uint32Array((await load(store, id, otherColumns.tokenStarts, "values")).bytes);
    const latents = new Uint32Array((await load(store, id, otherColumns.tokenLatents, "values")).bytes);
    const bytes = starts.byteLength + latents.byteLength + lowerCase.reduce((sum, text) => sum + text.length + stringBytes, 0);
    return { value: { texts, lowerCase, starts, latents }, bytes };
  });
}

type Loaded = { kind: ColumnKind; present: number; bytes: ArrayBuffer };

async function load(store: Store, collectionId: string, name: string, part: "values" | "order"): Promise<Loaded> {
  return demand(await find(store, collectionId, name, part), collectionId, name);
}

function demand(loaded: Loaded | undefined, collectionId: string, name: string): Loaded {
  if (loaded === undefined) throw new Error(`the collection ${collectionId} has no column ${name}`);
  return loaded;
}

/** Whether a collection of an earlier version may lack the column: then none of its latents has a value. */
function isNewer(name: NumberColumn | "topDomain"): boolean {
  return name !== "topDomain" && latentColumns[name].packed === "float32";
}

async function find(store: Store, collectionId: string, name: string, part: "values" | "order"): Promise<Loaded | undefined> {
  // Both become part of a statement, and both are ours.
  if (!/^[0-9a-z]+$/.test(collectionId) || !/^[a-zA-Z]+$/.test(name)) throw new RangeError(`no column "${name}" of "${collectionId}"`);
  let loaded: Loaded | undefined;
  await withClient(store.pool, (client) =>
    readCopy(
      client,
      `SELECT kind, present, "${part}" FROM latent_columns WHERE collection_id = '${collectionId}' AND name = '${name}'`,
      ([kind, present, bytes]) => {
        if (!kind || !present || !bytes) return;
        // A copy of its own, so that the numbers are aligned and the chunks that brought them can go.
        const copy = new ArrayBuffer(bytes.length);
        new Uint8Array(copy).set(bytes);
        loaded = { kind: kind.toString() as ColumnKind, present: present.readInt32BE(0), bytes: copy };
      },
    ),
  );
  return loaded;
}
