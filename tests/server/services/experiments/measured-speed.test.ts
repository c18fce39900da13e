import { describe, expect, it } from "vitest";
import { type Load, type Measurements, speedOf } from "@/server/services/experiments/measured-speed";
import { stepTokensOf } from "@/server/services/experiments/step-tokens";

const load: Load = {
  ...{ modelId: "m", frozenDtype: "float32", method: "stan", flopsPerToken: 1e6, stepTokens: 1000, rowsKey: "these" },
  tokens: { read: 200, padded: 400 },
};

type Ran = { stepMs: number; read?: number; changes?: Partial<Load> };

function measurements(runs: readonly Ran[], gigaflops: number | null = null): Measurements {
  const measured = runs.map(({ stepMs, read = 200, changes = {} }, at) => ({
    run: { id: `run ${at}`, name: `run ${at}` } as Measurements["measured"][number]["run"],
    config: {} as Measurements["measured"][number]["config"],
    load: { ...load, tokens: { read, padded: read }, ...changes },
    stepMs,
  }));
  return { measured, products: async () => gigaflops };
}

describe("tokens of a step, told by characters", () => {
  it("are four characters each and two a row, cut at the greatest length, and short rows share one as long as the longest", () => {
    // 12, 7, 27 (cut at 20) and 2 tokens, two rows a batch.
    expect(stepTokensOf([40, 20, 100, 0], { batchRows: 2, maxTokens: 20 })).toEqual({ read: (2 * (12 + 7 + 20 + 2)) / 4, padded: 2 * 16 });
    // 12, 7, 2 and 2 tokens in two rows of 12.
    expect(stepTokensOf([40, 20, 0, 0], { batchRows: 4, maxTokens: 20 })).toEqual({ read: 23, padded: 24 });
    expect(stepTokensOf([40, 20, 0, 0], { batchRows: 4, maxTokens: 20, packing: true })).toEqual({ read: 80, padded: 80 });
    expect(stepTokensOf([], { batchRows: 3, maxTokens: 7 })).toEqual({ read: 21, padded: 21 });
  });
});

describe("how long a step will take", () => {
  it("is the median of like runs, in proportion to flops", async () => {
    const runs = [{ stepMs: 10 }, { stepMs: 900 }, { stepMs: 30 }, { stepMs: 5000, changes: { modelId: "other" } }];
    expect(await speedOf(load, measurements(runs))).toMatchObject({ stepMs: 30, from: "likeRuns", fill: 0.2, run: { id: "run 0" } });
    const twice = { ...load, flopsPerToken: 2e6 };
    expect((await speedOf(twice, measurements(runs))).stepMs).toBeCloseTo(60);
  });

  it("goes by the tokens that other rows had, not by the most that they could have", async () => {
    const { stepMs, fill } = await speedOf(
      load,
      measurements([{ stepMs: 50, read: 800, changes: { rowsKey: "those", stepTokens: 4000 } }]),
    );
    expect([stepMs, fill]).toEqual([12.5, 0.2]);
  });

  it("counts a backward pass for what has one, and gradients of weights where they are trained", async () => {
    const ran = measurements([{ stepMs: 40, changes: { method: "lora" } }]);
    const of = async (method: Load["method"]) => (await speedOf({ ...load, method }, ran)).stepMs;
    expect([await of("stan"), await of("full"), await of("head")]).toEqual([40, 60, 20]);
  });

  it("is told by products of the padded tokens where nothing was measured, and is not known without a worker", async () => {
    // 2 · 10⁶ · 400 flops at 0.4 · 100 GFLOP/s.
    expect(await speedOf(load, measurements([], 100))).toMatchObject({ stepMs: 20, from: "products", fill: 0.2 });
    expect(await speedOf(load, measurements([]))).toMatchObject({ stepMs: null, from: "unknown" });
  });
});
