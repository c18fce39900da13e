import { createHash } from "node:crypto";
import { mostDomains } from "@/lib/contract/data-set";
import type { CollectionSettings } from "@/lib/contract/run-config";
import { type ExampleWindow, textWindow, wholeWindow } from "@/server/engine/features/examples/window-arena";
import { chooseProbes, type Probe } from "@/server/engine/features/quiet-probes";
import { type LoadedBase, textBase } from "@/server/runtime/models/load-base-model";
import { namedDomains } from "@/server/runtime/rows/named-domains";
import { contentOf, type ImageDataRow, labelOf, type ReadRow, tokensOf } from "@/server/runtime/rows/read-row";

/** A part of a collection's rows: what a worker takes at a time. */
export type PlannedShard = {
  readonly rows: readonly ReadRow[];
  /** Counted tokens. */
  readonly tokens: number;
};

/** What a collection reads and in which parts. It follows from settings and data alone, so that every worker comes to the same. */
export type ShardPlan = {
  readonly shards: readonly PlannedShard[];
  /** All rows, by their number. */
  readonly rows: ReadonlyMap<number, ReadRow>;
  /** Names of the domains, in the order of all counts by domain; empty where the data names none. */
  readonly domains: readonly string[];
  /** Names of the classes of images, by which those in which a latent fires are counted; empty where there are none. */
  readonly classes: readonly string[];
  /** Positions of each image, where all have as many; 0 otherwise, and of texts. */
  readonly numPlaces: number;
  /** Whether the rows are images. */
  readonly isOfImages: boolean;
  /** Counted tokens of all shards. */
  readonly tokens: number;
  /** Rows of one forward pass. */
  readonly batchRows: number;
  readonly isCounted: (id: number) => boolean;
  /** How far examples reach: of images over all of them. */
  readonly window: ExampleWindow;
  /** Of everything that is sampled. */
  readonly seed: number;
  /** Windows of the corpus that show what a latent ignores. */
  readonly probes: readonly Probe[];
  /** SHA-256 over the rows and their order. */
  readonly fingerprint: string;
};

type Settings = Pick<CollectionSettings, "batchRows" | "shardTokens" | "countSpecialTokens"> & {
  /** Of everything that is sampled; with one seed two runs on the same data are sampled at the same places. */
  readonly seed?: number;
  /** Whether the labels of images are classes. */
  readonly isClassified?: boolean;
};

/** By what a plan tells which tokens count. */
type Countable = Pick<LoadedBase, "tokenizer"> & { readonly imageToken?: number | undefined };

/** An image token is special, and always counts: it stands for a patch of an image. */
export function countable(base: LoadedBase): Countable {
  return { tokenizer: base.tokenizer, imageToken: textBase(base)?.model.images?.config.imageToken };
}

/**
 * Cuts the rows into shards of equal size, as near to the settings' size as that goes. Rows of like length share a pass, so that little of it
 * is padding; no pass lies in two shards.
 */
export function planShards(
  rows: readonly ReadRow[],
  { batchRows, shardTokens, countSpecialTokens, seed = 0, isClassified = false }: Settings,
  { tokenizer, imageToken }: Countable,
): ShardPlan {
  const isCounted = countSpecialTokens || tokenizer === null ? () => true : (id: number) => id === imageToken || !tokenizer.isSpecial(id);
  const ordered = rows.toSorted((a, b) => tokensOf(a).length - tokensOf(b).length || a.row - b.row);
  const tokens = countTokens(ordered, isCounted);
  const parts = Math.max(1, Math.round(tokens / shardTokens));
  const shards: PlannedShard[] = [];
  let from = 0;
  let passed = 0;
  for (let to = batchRows; from < ordered.length; to += batchRows) {
    const end = Math.min(to, ordered.length);
    const taken = countTokens(ordered.slice(from, end), isCounted);
    const isFull = passed + taken >= (tokens * (shards.length + 1)) / parts;
    if (!isFull && end < ordered.length) continue;
    shards.push({ rows: ordered.slice(from, end), tokens: taken });
    passed += taken;
    from = end;
  }
  const domains = namedDomains(rows);
  const images = ordered.flatMap((row) => (row.image === undefined ? [] : [row]));
  const classes = isClassified ? classesOf(images) : [];
  const window = images.length === 0 ? textWindow : wholeWindow(images.reduce((most, row) => Math.max(most, tokensOf(row).length), 0));
  return {
    shards,
    rows: new Map(rows.map((row) => [row.row, row])),
    domains,
    classes,
    numPlaces: placesOf(images),
    isOfImages: images.length > 0,
    tokens,
    batchRows,
    isCounted,
    window,
    seed,
    probes: chooseProbes(
      ordered.map((row) => ({ row: row.row, ids: tokensOf(row) })),
      seed,
      window,
    ),
    fingerprint: fingerprintOf(shards, [batchRows, countSpecialTokens, seed, classes]),
  };
}

const inOrder = new Intl.Collator("en", { numeric: true });

/** Names of the images' classes, in order; none where there are more than statistics are kept for. */
function classesOf(images: readonly ImageDataRow[]): string[] {
  const names = new Set(images.flatMap(({ label }) => label ?? []));
  return names.size > mostDomains ? [] : [...names].sort((a, b) => inOrder.compare(a, b) || (a < b ? -1 : 1));
}

function placesOf(images: readonly ImageDataRow[]): number {
  const [first] = images;
  return first !== undefined && images.every(({ tokens }) => tokens === first.tokens) ? first.tokens : 0;
}

function countTokens(rows: readonly ReadRow[], isCounted: (id: number) => boolean): number {
  let count = 0;
  for (const row of rows) {
    if (row.ids === undefined) count += row.tokens;
    else for (const id of row.ids) if (isCounted(id)) count++;
  }
  return count;
}

function fingerprintOf(shards: readonly PlannedShard[], settings: readonly unknown[]): string {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  for (const { rows } of shards) {
    hash.update(`;${rows.length}`);
    for (const one of rows) {
      const { row, domain } = one;
      hash.update(JSON.stringify([row, tokensOf(one).length, domain, labelOf(one)]));
      for (const part of contentOf(one)) hash.update(part);
    }
  }
  return hash.digest("hex");
}
