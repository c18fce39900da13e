import { automaticLabel } from "@/lib/contract/automatic-label";
import type { LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import type { Store } from "@/server/db/client";
import type { CollectionRow } from "@/server/db/latents/collections";
import { ordinalOf, ordinalOffsets } from "@/server/db/latents/latent-ordinals";
import { readLatentRows, type StoredLatent } from "@/server/db/latents/latents";

/** Related latents by name, with their labels and what stands in for one. */
export async function nameRelated(
  store: Store,
  collection: CollectionRow,
  module: number,
  { decoder, encoder, firesWith }: StoredLatent["related"],
): Promise<Omit<LatentDetail["related"], "sampled">> {
  const nameOf = (place: number) => collection.modules[place]?.name ?? "";
  const offsets = ordinalOffsets(collection.modules);
  const places = [...decoder, ...encoder, ...firesWith.map(({ index }) => ({ module, index }))];
  const ordinals = new Set(places.map((place) => ordinalOf(offsets, place)).filter((ordinal) => ordinal >= 0));
  const rows = await readLatentRows(store, collection, [...ordinals]);
  const rowOf = new Map(rows.map((row) => [`${row.index} ${row.module}`, row]));
  const positions = positionKindOf(collection.positionKind);
  const named = (latent: { module: number; index: number; value: number }) => {
    const name = nameOf(latent.module);
    const row = rowOf.get(`${latent.index} ${name}`);
    return {
      module: name,
      index: latent.index,
      value: latent.value,
      label: row?.label?.text ?? null,
      automaticLabel: row === undefined ? "" : automaticLabel(row, positions),
    };
  };
  return {
    decoder: decoder.map(named),
    encoder: encoder.map(named),
    firesWith: firesWith.map(({ index, value, together }) => ({ ...named({ module, index, value }), together })),
  };
}
