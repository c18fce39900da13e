import { join } from "node:path";
import { expect, test } from "vitest";
import { toArrays } from "@/server/engine/features/arrays";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { wholly } from "@/server/engine/tensor/in-parts";
import { hasShardFile, readShardFile, writeShardFile } from "@/server/runtime/collections/shard-file";
import { temporaryFolder } from "@/tests/support/temporary-folder";

/** Two rows of a module of three latents, of which two are kept a token. */
function someStatistics() {
  const probes = [{ row: 5, from: 0, to: 2 }];
  const plan = { numLatents: new Map([["layers.0.q_proj", 3]]), numDomains: 2, vocab: 7, rank: "value" as const, seed: 11, probes };
  const statistics = createCollectionStatistics(plan);
  const input = layTokenBatch(
    [
      { row: 5, ids: [1, 2, 3], domain: 0 },
      { row: 8, ids: [4, 1], domain: 1 },
    ],
    0,
  );
  const kept = {
    indices: Int32Array.of(0, 1, 1, 2, 2, 0, 0, 1, 2, 1, 0, 1),
    values: Float32Array.of(1, -2, 3, 0.5, 0, 4, 2.5, 1, -1, 6, 9, 9),
    contributions: Float32Array.from({ length: 12 }, (_, at) => at / 8),
    updateSquares: Float32Array.of(1, 2, 3, 4, 5, 6),
    baseSquares: Float32Array.of(7, 8, 9, 10, 11, 12),
  };
  const pass = collectActivations(statistics, [input], () => new Map([["layers.0.q_proj", kept]]), { maxTokens: 100 });
  while (pass.next().done !== true);
  return statistics;
}

test("accumulators come back from a file to the last bit", () => {
  const path = join(temporaryFolder(), "collections", "c1", "shard-3.safetensors");
  const statistics = someStatistics();
  expect(statistics.tokens).toBe(5);
  wholly(writeShardFile(path, statistics, "f1"));
  const [before, after] = [wholly(toArrays(statistics)), wholly(toArrays(wholly(readShardFile(path))))];
  expect(after.header).toEqual(before.header);
  expect(new Map(after.arrays)).toEqual(new Map([...before.arrays]));
});

test("a file of another plan counts as not there, as does none", () => {
  const path = join(temporaryFolder(), "shard-0.safetensors");
  expect(hasShardFile(path, "f1")).toBe(false);
  wholly(writeShardFile(path, someStatistics(), "f1"));
  expect([hasShardFile(path, "f1"), hasShardFile(path, "f2")]).toEqual([true, false]);
});
