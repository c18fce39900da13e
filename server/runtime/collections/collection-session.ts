import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { collectActivations } from "@/server/engine/features/collect";
import { type CollectionStatistics, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { mergeCollections } from "@/server/engine/features/merge";
import type { DeviceTurns } from "@/server/runtime/device-turns";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import { type LoadedBase, vocabOf } from "@/server/runtime/models/load-base-model";
import { labelOf, type ReadRow } from "@/server/runtime/rows/read-row";
import { runInParts } from "@/server/runtime/run-in-parts";
import { takeTurns } from "@/server/runtime/take-turns";
import { adapterPass, type LaysPass, type RowsPass } from "./collection-pass";
import { countable, planShards, type ShardPlan } from "./shard-plan";

type Pass = {
  readonly base: LoadedBase;
  readonly adapter: Adapter;
  readonly turns: DeviceTurns;
  readonly signal: AbortSignal;
  /** Told after each forward pass how many counted tokens are through. */
  onProgress(tokens: number): Promise<void>;
};

/**
 * Reads the rows of one shard and adds up the statistics of every latent of every adapted module. Interactive work comes between its passes.
 *
 * @throws Error when aborted
 */
export async function collectShard(options: Pass & { readonly plan: ShardPlan; readonly shard: number }): Promise<CollectionStatistics> {
  const { base, adapter, plan, shard, turns, signal, onProgress } = options;
  const statistics = createStatistics(plan, base, adapter);
  const passes = layPasses(plan, shard, kindOfModel(base).passes(base, adapterPass(adapter), plan.rows.values()));
  const pass = collectActivations(statistics, passes, ({ forward }) => forward(), { maxTokens: Number.POSITIVE_INFINITY });
  await takeTurns(pass, { turns, kind: "background", signal }, ({ tokens }) => onProgress(tokens));
  return statistics;
}

export type CollectionOptions = Pass & {
  readonly rows: readonly ReadRow[];
  /** Rows of one forward pass. */
  readonly batchRows: number;
  /** Counted tokens a shard. The parts are added up in their order, so sums are those of any pass that is cut likewise. */
  readonly shardTokens?: number;
  readonly countSpecialTokens?: boolean;
  /** Of everything that is sampled. */
  readonly seed?: number;
  /** Whether the labels of images are classes. */
  readonly isClassified?: boolean;
};

export type CollectedLatents = {
  readonly statistics: CollectionStatistics;
  /** Names of the domains, in the order of all counts by domain; empty where the data names none. */
  readonly domains: readonly string[];
  /** Of images, names of the classes, in the order of all counts by class; empty where there are none. */
  readonly classes: readonly string[];
  /** The rows that were read, by their number. */
  readonly rows: ReadonlyMap<number, ReadRow>;
};

/**
 * Reads every row once, in this process, shard after shard.
 *
 * @throws Error when aborted
 */
export async function collectLatents(options: CollectionOptions): Promise<CollectedLatents> {
  const { base, adapter, rows, batchRows, shardTokens = 131_072, countSpecialTokens = true, seed = 0, isClassified = false } = options;
  const plan = planShards(rows, { batchRows, shardTokens, countSpecialTokens, seed, isClassified }, countable(base));
  const statistics = createStatistics(plan, base, adapter);
  for (const shard of plan.shards.keys()) {
    const before = statistics.tokens;
    const part = await collectShard({ ...options, plan, shard, onProgress: (tokens) => options.onProgress(before + tokens) });
    await runInParts(mergeCollections(statistics, part), options.signal);
  }
  return { statistics, domains: plan.domains, classes: plan.classes, rows: plan.rows };
}

/** Accumulators of a whole collection or of one shard: their plan is the same. */
export function createStatistics(plan: ShardPlan, base: LoadedBase, adapter: Adapter): CollectionStatistics {
  const { domains, classes, numPlaces, isOfImages, probes, seed, window } = plan;
  return createCollectionStatistics({
    numLatents: new Map(adapter.modules.map(({ module, numLatents }) => [module, numLatents])),
    numDomains: Math.max(1, domains.length),
    countsRows: isOfImages,
    numClasses: classes.length,
    numPlaces,
    vocab: vocabOf(base),
    seed,
    probes,
    window,
    rank: latentMethodOf(adapter).isDense ? "magnitude" : "value",
  });
}

/** Passes over the rows of one shard. */
export function* layPasses<Told>(
  { shards, batchRows, domains, classes, isCounted }: ShardPlan,
  shard: number,
  lay: LaysPass<Told>,
): Generator<RowsPass<Told>> {
  const rows = shards[shard]?.rows ?? [];
  for (let from = 0; from < rows.length; from += batchRows) {
    const chosen = rows.slice(from, from + batchRows);
    yield lay(
      chosen.map((row) => ({
        ...{ row, domain: row.domain === null ? 0 : domains.indexOf(row.domain) },
        ...(classes.length === 0 ? {} : { class: classes.indexOf(labelOf(row) ?? "") }),
      })),
      isCounted,
    );
  }
}
