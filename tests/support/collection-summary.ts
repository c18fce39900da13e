import type { CollectionSummary } from "@/lib/contract/latent";

/** A finished collection of a run over text, without modules, with what a test changes. */
export function collectionWith(change: Partial<CollectionSummary> = {}): CollectionSummary {
  return {
    id: "c",
    origin: { kind: "run", runId: "r" },
    name: "all",
    status: "finished",
    error: null,
    stage: null,
    step: 5,
    positionKind: "token",
    tokens: 3,
    maxTokens: 7,
    contexts: 2,
    domains: [],
    classes: [],
    modules: [],
    numLatents: 11,
    shards: { done: 1, total: 1 },
    seconds: null,
    createdAt: "2026-01-01",
    ...change,
  };
}
