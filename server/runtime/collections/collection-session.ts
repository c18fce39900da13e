import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterForward, type ForwardInput } from "@/server/engine/features/adapter-forward";
import { collectActivations } from "@/server/engine/features/collect";
import { type CollectionStatistics, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import type { DeviceTurns } from "@/server/runtime/device-turns";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import type { TokenRow } from "@/server/runtime/rows/token-row";

export type CollectionOptions = {
  readonly base: BaseModel;
  readonly adapter: Adapter;
  readonly rows: readonly TokenRow[];
  /** Rows of one forward pass. */
  readonly batchRows: number;
  readonly turns: DeviceTurns;
  readonly signal: AbortSignal;
  /** Told after each pass how many tokens are through. */
  onProgress(tokens: number): Promise<void>;
};

export type CollectedLatents = {
  readonly statistics: CollectionStatistics;
  /** Names of the domains, in the order of all counts by domain; empty where the data names none. */
  readonly domains: readonly string[];
  /** The rows that were read, by their number. */
  readonly rows: ReadonlyMap<number, TokenRow>;
};

/**
 * Reads every row once and adds up the statistics of every latent of every adapted module; the job and the command line
 * share it. Interactive work comes between its passes.
 *
 * @throws Error when aborted
 */
export async function collectLatents(options: CollectionOptions): Promise<CollectedLatents> {
  const { base, adapter, rows, turns, signal, onProgress } = options;
  const domains = [...new Set(rows.flatMap(({ domain }) => (domain === null ? [] : [domain])))].sort();
  const statistics = createCollectionStatistics({
    numLatents: new Map(adapter.modules.map(({ module, numLatents }) => [module, numLatents])),
    numDomains: Math.max(1, domains.length),
    vocab: base.model.config.vocab,
    rank: adapter.method === "lora" ? "magnitude" : "value",
  });
  const pass = collectActivations(statistics, layInputs(options, domains), adapterForward(base.model, adapter), {
    maxTokens: Number.POSITIVE_INFINITY,
  });
  for (;;) {
    signal.throwIfAborted();
    const { done } = await turns.take("background", () => pass.next());
    if (done === true) break;
    await onProgress(statistics.tokens);
  }
  return { statistics, domains, rows: new Map(rows.map((row) => [row.row, row])) };
}

/** Rows of like length share a pass, so that little of it is padding; no statistic depends on the order. */
function* layInputs({ base, rows, batchRows }: CollectionOptions, domains: readonly string[]): Generator<ForwardInput> {
  const padId = base.tokenizer?.padId ?? 0;
  const ordered = rows.toSorted((a, b) => a.ids.length - b.ids.length || a.row - b.row);
  for (let from = 0; from < ordered.length; from += batchRows) {
    const chosen = ordered.slice(from, from + batchRows);
    const corpusRows = chosen.map(({ row, ids, domain }) => ({ row, ids, domain: domain === null ? 0 : domains.indexOf(domain) }));
    yield layTokenBatch(corpusRows, padId);
  }
}
