import { describe, expect, it } from "vitest";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { latentTable } from "@/server/engine/features/latent-table";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { plan, randomStream, withoutUpdate } from "./random-pass";

/** As qwen2's. */
const vocab = 151_936;
const numLatents = 400;

describe("top tokens over a large vocabulary", () => {
  it("are exact for dense latents", () => {
    const random = randomStream(7);
    const ids = Array.from({ length: 1728 }, () => Math.floor(vocab * random() ** 4));
    const { batch } = layTokenBatch([{ row: 0, ids, domain: 0 }], 0);
    // Each token keeps 200 of the 400 latents.
    const k = numLatents / 2;
    const indices = new Int32Array(ids.length * k);
    const firedAt = Array.from({ length: numLatents }, (): number[] => []);
    for (const [place, id] of ids.entries()) {
      const first = Math.floor(random() * numLatents);
      for (let at = 0; at < k; at++) {
        const latent = (first + at) % numLatents;
        indices[place * k + at] = latent;
        firedAt[latent]?.push(id);
      }
    }
    const kept = withoutUpdate(indices, new Float32Array(indices.length).fill(1), ids.length);
    const statistics = createCollectionStatistics({ ...plan, vocab, numLatents: new Map([["q", numLatents]]) });
    for (const _ of collectActivations(statistics, [{ batch }], () => new Map([["q", kept]]), { maxTokens: Infinity })) {
    }
    const module = statistics.modules.get("q") ?? expect.unreachable();
    for (const { index, topTokens } of latentTable(statistics, module, String)) {
      const counts = new Map<number, number>();
      for (const id of firedAt[index] ?? []) counts.set(id, (counts.get(id) ?? 0) + 1);
      const expected = [...counts].sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b).slice(0, 12);
      expect(topTokens.map(({ token, count, error }) => [token, count, error])).toEqual(
        expected.map(([token, count]) => [String(token), count, 0]),
      );
    }
  });
});
