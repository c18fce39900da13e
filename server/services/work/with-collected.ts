import { automaticLabel } from "@/lib/contract/automatic-label";
import type { LatentRow } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { mostReadLabels, type ReadLabel, type TextEvent, type TextModule } from "@/lib/contract/read-text";
import { specificity } from "@/lib/numbers/specificity";
import type { CollectionRow } from "@/server/db/latents/collections";
import { readValues } from "@/server/db/latents/columns";
import { ordinalOffsets } from "@/server/db/latents/latent-ordinals";
import { readLatentRows } from "@/server/db/latents/latents";
import { packedBuffer } from "@/server/interop/packed-buffer";
import type { ServiceContext } from "@/server/services/context";

/** A latent that fires on the text, by its ordinal in the collection, and how specific it is to the text. */
type Specific = { readonly ordinal: number; readonly bits: number };

/** The events of a reading, with what a collection knows of each module's latents, and before the end the labels of those most specific to the text. */
export async function* withCollected(
  { store }: Pick<ServiceContext, "store">,
  collection: CollectionRow,
  events: AsyncGenerator<TextEvent, void>,
): AsyncGenerator<TextEvent, void> {
  const [counts, most, least] = await Promise.all([
    readValues(store, collection, "fireCount"),
    readValues(store, collection, "maxActivation"),
    readValues(store, collection, "minActivation"),
  ]);
  const firingsOf = (ordinal: number) => Math.max(0, counts[ordinal] ?? 0);
  // NaN where a latent never fired.
  const largestOf = (ordinal: number) => Math.max(Math.abs(most[ordinal] ?? 0) || 0, Math.abs(least[ordinal] ?? 0) || 0);
  const offsets = ordinalOffsets(collection.modules);
  const specific: Specific[] = [];
  for await (const event of events) {
    const place = event.kind === "module" ? collection.modules.findIndex(({ name }) => name === event.module) : -1;
    const first = offsets[place];
    const moduleTop = collection.modules[place]?.colourMax ?? 0;
    if (event.kind === "end") yield { kind: "labels", labels: await labelsOf(specific) };
    if (event.kind !== "module" || first === undefined) {
      yield event;
      continue;
    }
    const fired = firedIn(event);
    const indices = [...fired.keys()];
    for (const [index, activation] of fired) {
      const ordinal = first + index;
      const known = { firings: firingsOf(ordinal), largest: largestOf(ordinal), positions: collection.positions, moduleTop };
      specific.push({ ordinal, bits: specificity(activation, known) });
    }
    const collected = {
      indices: base64(Int32Array.from(indices)),
      firings: base64(Int32Array.from(indices, (index) => firingsOf(first + index))),
      largest: base64(Float32Array.from(indices, (index) => largestOf(first + index))),
    };
    yield { ...event, collected };
  }

  async function labelsOf(found: Specific[]): Promise<ReadLabel[]> {
    const named = found.sort((a, b) => b.bits - a.bits).slice(0, mostReadLabels);
    const ordinals = named.map(({ ordinal }) => ordinal);
    return (await readLatentRows(store, collection, ordinals)).map((row) => labelOf(row, collection));
  }
}

/** The latents that fire in a module, each with the size of its strongest activation. */
function firedIn(module: TextModule): Map<number, number> {
  const indices = new Int32Array(packedBuffer(module.indices));
  const activations = new Float32Array(packedBuffer(module.activations));
  const strongest = new Map<number, number>();
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at] ?? 0;
    const size = Math.abs(activations[at] ?? 0);
    if (size > (strongest.get(index) ?? 0)) strongest.set(index, size);
  }
  return strongest;
}

/** Empty for a latent of which there is nothing to say, so that the page does not ask for its label again. */
function labelOf(row: LatentRow, { positionKind }: CollectionRow): ReadLabel {
  const { module, index, label } = row;
  if (label !== null) return { module, index, text: label.text, source: label.source };
  return { module, index, text: automaticLabel(row, positionKindOf(positionKind)), source: "automatic" };
}

function base64({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}
