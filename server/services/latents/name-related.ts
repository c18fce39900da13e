import type { LatentDetail } from "@/lib/contract/latent";
import type { Store } from "@/server/db/client";
import { readLabelTexts } from "@/server/db/labels/labels";
import { type CollectionRow, subjectOf } from "@/server/db/latents/collections";
import type { StoredLatent } from "@/server/db/latents/latents";

/** Related latents by name and with their labels. */
export async function nameRelated(
  store: Store,
  collection: CollectionRow,
  module: number,
  { decoder, encoder, firesWith }: StoredLatent["related"],
): Promise<Omit<LatentDetail["related"], "sampled">> {
  const nameOf = (place: number) => collection.modules[place]?.name ?? "";
  const latents = [...decoder, ...encoder, ...firesWith.map(({ index }) => ({ module, index }))];
  const labelOf = await readLabelTexts(
    store.db,
    subjectOf(collection),
    latents.map((latent) => ({ module: nameOf(latent.module), index: latent.index })),
  );
  const named = (latent: { module: number; index: number; value: number }) => {
    const name = nameOf(latent.module);
    return { module: name, index: latent.index, value: latent.value, label: labelOf(name, latent.index) };
  };
  return {
    decoder: decoder.map(named),
    encoder: encoder.map(named),
    firesWith: firesWith.map(({ index, value, together }) => ({ ...named({ module, index, value }), together })),
  };
}
