import { describe, expect, it } from "vitest";
import { collectionMemory, type PlannedCollection } from "@/lib/contract/collection-memory";
import { type LatentConfig, latentConfig } from "@/lib/contract/run-config";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { model as smallModel } from "@/tests/components/new-run/small-model";
import { randomStream, withoutUpdate } from "./random-pass";

const [vocab, rowTokens, rows] = [5000, 128, 160];
const tokens = rows * rowTokens;

/** Bytes of all arrays that an object holds, each once. */
function heldBytes(held: unknown, seen = new Set<unknown>()): number {
  if (typeof held !== "object" || held === null || seen.has(held)) return 0;
  seen.add(held);
  if (ArrayBuffer.isView(held)) return heldBytes(held.buffer, seen);
  if (held instanceof ArrayBuffer) return held.byteLength;
  const parts = held instanceof Map || Array.isArray(held) ? [...held.values()] : Object.values(held);
  return parts.reduce((sum: number, part) => sum + heldBytes(part, seen), 0);
}

/** Statistics of one module over random activations, `kept` of its latents at each position. */
function statisticsOf(numLatents: number, kept: number, rank: "value" | "magnitude") {
  const random = randomStream(7);
  const statistics = createCollectionStatistics({ numLatents: new Map([["q", numLatents]]), numDomains: 1, vocab, rank });
  function* inputs() {
    for (let row = 0; row < rows; row++) {
      const ids = Int32Array.from({ length: rowTokens }, () => Math.floor(vocab * random() ** 2));
      const indices = Int32Array.from({ length: rowTokens * kept }, (_, at) =>
        kept === numLatents ? at % kept : Math.floor((((at % kept) + random()) * numLatents) / kept),
      );
      const values = Float32Array.from(indices, () => (random() - (rank === "value" ? 0 : 0.5)) * 2 ** (4 * random()));
      yield { ...layTokenBatch([{ row, ids, domain: 0 }], 0), kept: withoutUpdate(indices, values, rowTokens) };
    }
  }
  const forward = ({ kept: latents }: { kept: ReturnType<typeof withoutUpdate> }) => new Map([["q", latents]]);
  for (const _ of collectActivations(statistics, inputs(), forward, { maxTokens: Infinity })) {
  }
  return statistics;
}

function planOf(adapter: LatentConfig, shardTokens: number, batchRows = 1) {
  const settings = { batchRows, maxTokens: tokens, shardTokens, attributionRows: 0 };
  const planned: PlannedCollection = { adapter, frozenDtype: "float32", settings, rowTokens };
  return collectionMemory(planned, { ...smallModel, numLayers: 1, vocab }) ?? expect.fail("not known");
}

const targets = { modules: ["q_proj"] };

describe("the plan of a collection's counters", () => {
  it.each([
    ["STAN's latents", statisticsOf(256, 8, "value"), latentConfig.parse({ method: "stan", numLatents: 256, k: 8, targets })],
    ["LoRA's components", statisticsOf(8, 8, "magnitude"), latentConfig.parse({ method: "lora", rank: 8, alpha: 8, targets })],
  ])("is within 30 % of what %s hold", (_, statistics, adapter) => {
    // Token counts lie in pages of their own.
    const bytes = heldBytes([...statistics.modules.values()]) + statistics.tokenBudget.usedBytes;
    expect(Math.abs(planOf(adapter, tokens).statistics / bytes - 1)).toBeLessThan(0.3);
  });

  it("holds them twice where shards are added up, and fewer latents where fewer rows share a pass", () => {
    const adapter = latentConfig.parse({ method: "stan", numLatents: 256, k: 8, targets });
    const [whole, shards, wide] = [planOf(adapter, tokens), planOf(adapter, tokens - 1), planOf(adapter, tokens, 400)];
    expect(shards.statistics).toBeGreaterThan(1.9 * whole.statistics);
    expect(wide.saved).toBeGreaterThan(whole.saved);
    expect(wide.statistics).toBe(whole.statistics);
  });
});
