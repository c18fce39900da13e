import { alwaysOnDensity, type LatentQuery } from "@/lib/contract/latent";
import type { ColumnRange } from "@/lib/contract/latent-ranges";
import type { Store } from "@/server/db/client";
import type { CollectionRow } from "./collections";
import { type ColumnValues, readTokenIndex, readValues } from "./columns";
import { ordinalOffsets } from "./latent-ordinals";
import { type LabelWords, type MeasuredChange, readAblationColumn, readLabelColumn, type SparseColumn } from "./sparse-columns";

/** Which latents, in which order. */
export type LatentSelection = Omit<LatentQuery, "offset" | "limit">;

/** The latents of a selection by ordinal, 1 where a latent belongs to it; `isMember` is null where all do. `key` names it in the cache. */
export type SelectedLatents = { isMember: Uint8Array | null; total: number; key: string };

/**
 * Which latents a selection has, from the packed columns: found once, and kept while there is room. Labels and ablations may change, so what was found
 * by them is good for their revision alone.
 */
export async function selectLatents(store: Store, collection: CollectionRow, selection: LatentSelection): Promise<SelectedLatents> {
  const labels = selection.search || selection.labelled ? await readLabelColumn(store, collection) : undefined;
  const ablations = selection.ranges?.some(({ column }) => column === "ablation") ? await readAblationColumn(store, collection) : undefined;
  const key = [collection.id, "selection", keyOf(selection), labels?.revision ?? "", ablations?.revision ?? ""].join(" ");
  return store.cache.get(key, async () => {
    const value = { ...(await find(store, collection, selection, { labels, ablations })), key };
    return { value, bytes: (value.isMember?.byteLength ?? 0) + key.length + 100 };
  });
}

type Sparse = { labels: SparseColumn<LabelWords> | undefined; ablations: SparseColumn<MeasuredChange> | undefined };

async function find(
  store: Store,
  collection: CollectionRow,
  selection: LatentSelection,
  sparse: Sparse,
): Promise<Omit<SelectedLatents, "key">> {
  const { modules, domains, positions } = collection;
  const offsets = ordinalOffsets(modules);
  const total = offsets[modules.length] ?? 0;
  const isMember = new Uint8Array(total);
  // Where members may be: what a filter leaves of one module is found without looking at the others.
  const scan = { isMember, from: total, to: 0 };
  for (const [place, module] of modules.entries()) {
    const isWanted =
      (selection.module === undefined || module.name === selection.module) &&
      (selection.layerFrom === undefined || module.layer >= selection.layerFrom) &&
      (selection.layerTo === undefined || module.layer <= selection.layerTo) &&
      (selection.projection === undefined || module.projection === selection.projection);
    if (!isWanted) continue;
    isMember.fill(1, offsets[place], offsets[place + 1]);
    scan.from = Math.min(scan.from, offsets[place] ?? 0);
    scan.to = Math.max(scan.to, offsets[place + 1] ?? 0);
  }
  const state = selection.state;
  // A module may have places for latents that were never stored, as an imported dictionary that holds only some.
  if (state !== "all" || total !== collection.numLatents) {
    const counts = await readValues(store, collection, "fireCount");
    const mostOff = alwaysOnDensity * Math.max(positions, 1);
    const [from, to] = { all: [0, Infinity], alive: [1, Infinity], dead: [0, 0], alwaysOn: [mostOff, Infinity] }[state] as [number, number];
    keepWithin(scan, counts, { from, to });
    if (state === "alwaysOn") dropEqual(scan, counts, mostOff);
  }
  if (selection.domain !== undefined) {
    const domain = domains.findIndex(({ name }) => name === selection.domain);
    if (domain < 0) isMember.fill(0);
    else keepWithin(scan, await readValues(store, collection, "topDomain"), { from: domain, to: domain });
  }
  for (const range of selection.ranges ?? []) await keepRange(store, collection, scan, range, sparse);
  if (selection.labelled !== undefined) {
    const labelled = [...(sparse.labels?.values ?? [])].flatMap(([ordinal, { text }]) => (text === "" ? [] : [ordinal]));
    keepMarked(scan, marked(total, labelled), selection.labelled === "any" ? 1 : 0);
  }
  if (selection.search) keepMarked(scan, await search(store, collection, selection.search, sparse.labels), 1);
  let members = 0;
  for (let i = scan.from; i < scan.to; i++) members += isMember[i] as number;
  return { isMember: members === total ? null : isMember, total: members };
}

/** Members so far, all of them at `from`…`to − 1`. */
type Scan = { isMember: Uint8Array; from: number; to: number };

async function keepRange(
  store: Store,
  collection: CollectionRow,
  scan: Scan,
  { column, from, to }: ColumnRange,
  { ablations }: Sparse,
): Promise<void> {
  const ends = { from: from ?? -Infinity, to: to ?? Infinity };
  if (column === "ablation") {
    const measured = [...(ablations?.values ?? [])].filter(([, { perFiring }]) => perFiring >= ends.from && perFiring <= ends.to);
    const ordinals = measured.map(([ordinal]) => ordinal);
    keepMarked(scan, marked(scan.isMember.length, ordinals), 1);
    return;
  }
  if (column === "density") {
    const counts = await readValues(store, collection, "fireCount");
    const positions = Math.max(collection.positions, 1);
    const { isMember } = scan;
    for (let i = scan.from; i < scan.to; i++) {
      // As the row shows it, so that the ends are in.
      const density = (counts[i] as number) / positions;
      if (!(density >= ends.from && density <= ends.to)) isMember[i] = 0;
    }
    return;
  }
  // Columns hold float32: an end is rounded as they are, so that a value equal to it is in.
  const rounded = { from: Math.fround(ends.from), to: Math.fround(ends.to) };
  keepWithin(scan, await readValues(store, collection, column), rounded);
}

/** A missing value (NaN) is within nothing. */
function keepWithin({ isMember, from, to }: Scan, values: ColumnValues, ends: { from: number; to: number }): void {
  const { from: least, to: most } = ends;
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    if (!(value >= least && value <= most)) isMember[i] = 0;
  }
}

function dropEqual({ isMember, from, to }: Scan, values: ColumnValues, bound: number): void {
  for (let i = from; i < to; i++) if (values[i] === bound) isMember[i] = 0;
}

function keepMarked({ isMember, from, to }: Scan, marks: Uint8Array, mark: 0 | 1): void {
  for (let i = from; i < to; i++) if (marks[i] !== mark) isMember[i] = 0;
}

/** Latents with the text, whatever its case, in a top token, in their label or in its note. */
async function search(
  store: Store,
  collection: CollectionRow,
  text: string,
  labels: SparseColumn<LabelWords> | undefined,
): Promise<Uint8Array> {
  const { modules } = collection;
  const wanted = text.toLowerCase();
  const isFound = new Uint8Array(ordinalOffsets(modules)[modules.length] ?? 0);
  const { lowerCase, starts, latents } = await readTokenIndex(store, collection);
  for (const [number, token] of lowerCase.entries()) {
    if (!token.includes(wanted)) continue;
    for (let at = starts[number] as number; at < (starts[number + 1] as number); at++) isFound[latents[at] as number] = 1;
  }
  for (const [ordinal, { text: label, note }] of labels?.values ?? []) {
    if (label.toLowerCase().includes(wanted) || note.toLowerCase().includes(wanted)) isFound[ordinal] = 1;
  }
  return isFound;
}

function marked(total: number, ordinals: Iterable<number>): Uint8Array {
  const marks = new Uint8Array(total);
  for (const ordinal of ordinals) marks[ordinal] = 1;
  return marks;
}

/** The same for selections that ask for the same, whatever the order of their parts; near-duplicates are folded in an order, not here. */
function keyOf({
  sort: _sort,
  order: _order,
  duplicates: _duplicates,
  collectionId: _collectionId,
  ...selection
}: LatentSelection): string {
  return JSON.stringify(
    Object.entries(selection)
      .filter(([key, value]) => key !== "offset" && key !== "limit" && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
