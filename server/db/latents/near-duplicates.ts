import type { PoolClient } from "pg";
import type { CollectionModule } from "@/lib/contract/latent";
import { nearDuplicate } from "@/lib/contract/near-duplicates";
import { ordinalOf, ordinalOffsets } from "./latent-ordinals";
import { quotedOwnName } from "./own-tables";
import { type FiresWith, type RelatedPlace, unpackFiresWith, unpackRelated } from "./pack-latent";
import { readCopy } from "./read-copy";

/** A latent with those of its module that it writes and fires like, by ordinal. */
export type NearTo = { ordinal: number; fireCount: number; near: readonly number[] };

/**
 * Groups latents with their near-duplicates. The one of a group that fires most leads it, and every other is near to that one itself: no chain of similar
 * latents joins two that differ.
 *
 * @param total ordinals of the collection
 * @returns for each ordinal that of its group's leader: its own where it has no near-duplicate
 */
export function groupNearDuplicates(latents: readonly NearTo[], total: number): Int32Array {
  const leaders = Int32Array.from({ length: total }, (_, ordinal) => ordinal);
  const links = new Map<number, Set<number>>();
  const link = (from: number, to: number) => {
    const known = links.get(from);
    if (known === undefined) links.set(from, new Set([to]));
    else known.add(to);
  };
  for (const { ordinal, near } of latents) {
    for (const other of near) {
      link(ordinal, other);
      link(other, ordinal);
    }
  }
  const firings = new Map(latents.map(({ ordinal, fireCount }) => [ordinal, fireCount]));
  const firingsOf = (ordinal: number) => firings.get(ordinal) ?? 0;
  const isTaken = new Set<number>();
  for (const leader of [...links.keys()].sort((a, b) => firingsOf(b) - firingsOf(a) || a - b)) {
    if (isTaken.has(leader)) continue;
    isTaken.add(leader);
    for (const other of links.get(leader) ?? []) {
      if (isTaken.has(other)) continue;
      isTaken.add(other);
      leaders[other] = leader;
    }
  }
  return leaders;
}

/** The latents of a module that are listed both as near by decoder and as firing at the same positions, each above its limit. */
export function nearIndices(module: number, decoder: readonly RelatedPlace[], firesWith: readonly FiresWith[]): number[] {
  const similar = new Set(
    decoder.filter((other) => other.module === module && other.value >= nearDuplicate.decoderCosine).map(({ index }) => index),
  );
  return firesWith.filter(({ index, value }) => value >= nearDuplicate.coFiring && similar.has(index)).map(({ index }) => index);
}

/** The groups of a collection, from the related latents that its own table lists. */
export async function findNearDuplicates(
  client: PoolClient,
  collectionId: string,
  modules: readonly CollectionModule[],
): Promise<Int32Array> {
  const offsets = ordinalOffsets(modules);
  const latents: NearTo[] = [];
  const query = `SELECT module::int, index, fire_count, related_decoder, fires_with FROM ${quotedOwnName("latents", collectionId)} WHERE length(fires_with) > 0`;
  await readCopy(client, query, ([placed, indexed, counted, decoder, firesWith]) => {
    if (!placed || !indexed || !counted || !decoder || !firesWith) return;
    const module = placed.readInt32BE(0);
    const near = nearIndices(module, unpackRelated(decoder), unpackFiresWith(firesWith));
    if (near.length === 0) return;
    const at = (index: number) => ordinalOf(offsets, { module, index });
    latents.push({
      ordinal: at(indexed.readInt32BE(0)),
      fireCount: counted.readInt32BE(0),
      near: near.map(at).filter((other) => other >= 0),
    });
  });
  return groupNearDuplicates(latents, offsets[modules.length] ?? 0);
}
