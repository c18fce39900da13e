import type { PoolClient } from "pg";
import type { CollectionModule } from "@/lib/contract/latent";
import { nearDuplicate } from "@/lib/contract/near-duplicates";
import { ordinalOf, ordinalOffsets } from "./latent-ordinals";
import { quotedOwnName } from "./own-tables";
import { eachTokenOf, type FiresWith, type RelatedPlace, unpackFiresWith, unpackRelated } from "./pack-latent";
import { readCopy } from "./read-copy";

/** What near-duplicates share: `near` are latents of the module that write and fire like this one, `reads` what it reads like, null where that says nothing. */
export type Likeness = { fireCount: number; near: readonly number[]; reads: string | null };

/** Groups the latents of a collection, added one by one, with their near-duplicates. */
export class NearDuplicateGroups {
  readonly #fireCounts: Int32Array;
  /** By ordinal the number of what it reads like. */
  readonly #readings: Int32Array;
  readonly #numbers = new Map<string, number>();
  readonly #pairs: (readonly [number, number])[] = [];

  /** @param total ordinals of the collection */
  constructor(total: number) {
    this.#fireCounts = new Int32Array(total);
    this.#readings = new Int32Array(total).fill(-1);
  }

  add(ordinal: number, { fireCount, near, reads }: Likeness): void {
    this.#fireCounts[ordinal] = fireCount;
    for (const other of near) this.#pairs.push([ordinal, other]);
    if (reads === null) return;
    const number = this.#numbers.get(reads) ?? this.#numbers.size;
    this.#numbers.set(reads, number);
    this.#readings[ordinal] = number;
  }

  /**
   * For each ordinal that of its group's leader, which fires most: its own where it has no near-duplicate. Those that read the same are one group; a latent that
   * reads like no other joins a leader that it is itself near to, so that no chain of similar latents joins two that differ.
   */
  leaders(): Int32Array {
    const leaders = this.#firstOfReadings();
    const leads = new Set(leaders.filter((leader, ordinal) => leader !== ordinal));
    const isFree = (ordinal: number) => leaders[ordinal] === ordinal && !leads.has(ordinal);
    const links = new Map<number, Set<number>>();
    const link = (from: number, to: number) => links.set(from, (links.get(from) ?? new Set()).add(to));
    for (const [one, other] of this.#pairs) {
      link(one, other);
      link(other, one);
    }
    for (const leader of [...links.keys()].sort((a, b) => this.#byFirings(a, b))) {
      if (leaders[leader] !== leader) continue;
      for (const one of links.get(leader) ?? []) {
        if (!isFree(one)) continue;
        leaders[one] = leader;
        leads.add(leader);
      }
    }
    return leaders;
  }

  /** By ordinal the one that fires most of those that read the same; its own where none does. */
  #firstOfReadings(): Int32Array {
    const most = new Int32Array(this.#numbers.size).fill(-1);
    this.#readings.forEach((number, ordinal) => {
      if (number < 0) return;
      const before = most[number] as number;
      if (before < 0 || this.#byFirings(ordinal, before) < 0) most[number] = ordinal;
    });
    return this.#readings.map((number, ordinal) => (number < 0 ? ordinal : (most[number] as number)));
  }

  #byFirings(a: number, b: number): number {
    return (this.#fireCounts[b] as number) - (this.#fireCounts[a] as number) || a - b;
  }
}

/** The latents of a module that are listed both as near by decoder and as firing at the same positions, each at its limit or above. */
export function nearIndices(module: number, decoder: readonly RelatedPlace[], firesWith: readonly FiresWith[]): number[] {
  const similar = new Set(
    decoder.filter((other) => other.module === module && other.value >= nearDuplicate.decoderCosine).map(({ index }) => index),
  );
  return firesWith.filter(({ index, value }) => value >= nearDuplicate.coFiring && similar.has(index)).map(({ index }) => index);
}

/** What a latent reads like: the tokens at which it fires most, whatever their order, and its domain. Null where it has too few, or fires everywhere. */
export function readingOf(topTokens: Buffer, domain: number | null): string | null {
  const tokens = eachTokenOf(topTokens).slice(0, nearDuplicate.tokens);
  if (tokens.length < nearDuplicate.tokens || tokens.some(({ lift }) => lift < nearDuplicate.lift)) return null;
  const numbers = tokens.map(({ number }) => number).sort((a, b) => a - b);
  return `${domain ?? ""}:${numbers.join()}`;
}

/** The groups of a collection, from what its own table lists. */
export async function findNearDuplicates(
  client: PoolClient,
  collectionId: string,
  modules: readonly CollectionModule[],
): Promise<Int32Array> {
  const offsets = ordinalOffsets(modules);
  const groups = new NearDuplicateGroups(offsets[modules.length] ?? 0);
  const columns = "module::int, index, fire_count, top_domain::int, top_tokens, related_decoder, fires_with";
  const query = `SELECT ${columns} FROM ${quotedOwnName("latents", collectionId)} WHERE fire_count > 0`;
  await readCopy(client, query, ([placed, indexed, counted, domain, topTokens, decoder, firesWith]) => {
    if (!placed || !indexed || !counted || !topTokens || !decoder || !firesWith) return;
    const module = placed.readInt32BE(0);
    const at = (index: number) => ordinalOf(offsets, { module, index });
    const near = firesWith.length === 0 ? [] : nearIndices(module, unpackRelated(decoder), unpackFiresWith(firesWith)).map(at);
    groups.add(at(indexed.readInt32BE(0)), {
      fireCount: counted.readInt32BE(0),
      near: near.filter((other) => other >= 0),
      reads: readingOf(topTokens, domain ? domain.readInt32BE(0) : null),
    });
  });
  return groups.leaders();
}
