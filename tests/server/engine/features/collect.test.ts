import { describe, expect, it } from "vitest";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { firingsOf, plan, randomInputs, vocab, withoutUpdate } from "./random-pass";

const [name = ""] = plan.numLatents.keys();

describe("collectActivations", () => {
  const inputs = randomInputs(20, 23);

  it("sends each input forward once and counts positions, rows, tokens and domains", () => {
    const statistics = createCollectionStatistics(plan);
    let passes = 0;
    const forward = ({ kept }: (typeof inputs)[number]) => {
      passes++;
      return new Map([[name, kept]]);
    };
    const progress = [...collectActivations(statistics, inputs, forward, { maxTokens: Infinity, positionsAtOnce: 200 })];
    const counted = inputs.reduce((sum, { batch }) => sum + batch.counted.reduce((total, one) => total + one, 0), 0);
    expect(passes).toBe(20);
    expect(progress.at(-1)).toEqual({ tokens: counted, rows: 40 });
    expect(statistics.domainTokens.reduce((sum, count) => sum + count, 0)).toBe(counted);
    expect(statistics.tokenCounts.reduce((sum, count) => sum + count, 0)).toBe(counted);
    const fired = statistics.modules.get(name)?.fireCount.reduce((sum, count) => sum + count, 0);
    expect(fired).toBe(firingsOf(inputs).length);
  });

  it("ends after the batch that reaches maxTokens, with that batch added", () => {
    const statistics = createCollectionStatistics(plan);
    let passes = 0;
    const forward = ({ kept }: (typeof inputs)[number]) => {
      passes++;
      return new Map([[name, kept]]);
    };
    const progress = [...collectActivations(statistics, inputs, forward, { maxTokens: 100 })];
    expect(progress).toHaveLength(passes);
    expect(passes).toBeLessThan(20);
    expect(progress.at(-1)?.tokens).toBeGreaterThanOrEqual(100);
    expect(progress.at(-2)?.tokens ?? 0).toBeLessThan(100);
    const fired = statistics.modules.get(name)?.fireCount.reduce((sum, count) => sum + count, 0);
    expect(fired).toBe(firingsOf(inputs.slice(0, passes)).length);
  });

  it("names the module that is missing or has a bad activation", () => {
    const run = (forward: (input: (typeof inputs)[number]) => Map<string, (typeof inputs)[number]["kept"]>) => [
      ...collectActivations(createCollectionStatistics(plan), inputs, forward, { maxTokens: Infinity }),
    ];
    expect(() => run(() => new Map())).toThrow("layers.0.q_proj: the forward pass gave no activations");
    expect(() => run(({ kept }) => new Map([[name, { ...kept, values: kept.values.map(() => Number.NaN) }]]))).toThrow(
      /layers\.0\.q_proj: latent \d+ has activation NaN/,
    );
  });

  it("takes dense components, every one of them a firing", () => {
    const statistics = createCollectionStatistics({ ...plan, numLatents: new Map([["q", 2]]), rank: "magnitude" });
    const { batch } = layTokenBatch([{ row: 0, ids: [1, 2, 3], domain: 0 }], 0);
    const kept = withoutUpdate(Int32Array.of(0, 1, 0, 1, 0, 1), Float32Array.of(1, -2, 3, -4, -5, 6), 3);
    for (const _ of collectActivations(statistics, [{ batch }], () => new Map([["q", kept]]), { maxTokens: Infinity })) {
    }
    const module = statistics.modules.get("q");
    expect(module?.fireCount).toEqual(Uint32Array.of(3, 3));
    expect(module?.sum).toEqual(Float64Array.of(-1, 0));
    expect(module?.examples.of(0)[0]).toMatchObject({ value: 3, position: 1 });
    expect(module?.lowExamples?.of(0)[0]).toMatchObject({
      value: -5,
      position: 2,
      offsets: Int16Array.of(-2, -1, 0),
      activations: Float32Array.of(1, 3, -5),
    });
  });

  it("refuses a domain or token outside the plan", () => {
    const run = (ids: number[], domain: number) => {
      const { batch } = layTokenBatch([{ row: 0, ids, domain }], 0);
      return [...collectActivations(createCollectionStatistics(plan), [{ batch }], () => new Map(), { maxTokens: Infinity })];
    };
    expect(() => run([vocab], 0)).toThrow("token id 31 is not in 0…30");
    expect(() => run([1], 3)).toThrow("domain 3 is not in 0…2");
  });
});
