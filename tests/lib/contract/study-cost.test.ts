import { describe, expect, it } from "vitest";
import { studyCost } from "@/lib/contract/study-cost";

const latent = { module: "layers.2.v_proj", index: 3 };

describe("the expected cost of a study", () => {
  it("counts, of a dose, every value of the latent and of each random one, the adapter and the base model", () => {
    const cost = studyCost(
      {
        kind: "dose",
        latent,
        operation: "clamp",
        values: [0, 5, 5, 7],
        prompts: { texts: ["a", "b"] },
        continuationTokens: 11,
        targets: ["x"],
        heldOutRows: 13,
        controls: 4,
      },
      { promptTokens: [2, 3], rowTokens: 17, latents: 1 },
    );
    // 3 values of 1 + 4 latents; an arm reads 2 prompts with and without the target, 13 rows, and writes 2 texts.
    expect(cost.settings).toBe(15);
    expect(cost.rows).toBe(2 + 17 * (2 * 2 + 13 + 2));
    expect(cost.readTokens).toBe(5 + 17 * (2 * 5 + 2 * 11 + 13 * 17));
    expect(cost.writtenTokens).toBe(2 * 11 * 18);
  });

  it("counts, of many latents, an arm each, which write nothing of their own", () => {
    const cost = studyCost(
      { kind: "bulk", latents: { by: "firing", count: 7 }, operation: "ablatePost", prompts: { texts: ["a"] }, continuationTokens: 5 },
      { promptTokens: [3], rowTokens: 17, latents: 7 },
    );
    expect(cost).toEqual({ settings: 7, rows: 1 + 9, readTokens: 3 + 9 * (3 + 5), writtenTokens: 5 });
  });

  it("counts, of an evaluation, each row by three arms", () => {
    const cost = studyCost(
      { kind: "evaluation", edits: [{ operation: "ablatePost", latent }], heldOutRows: 5 },
      { promptTokens: [], rowTokens: 7.5, latents: 1 },
    );
    expect(cost).toEqual({ settings: 1, rows: 15, readTokens: 113, writtenTokens: 0 });
  });

  it("takes what a request leaves out as the contract's defaults", () => {
    const dose = { kind: "dose" as const, latent, operation: "scale" as const, values: [2], prompts: { texts: ["a"] } };
    const texts = { promptTokens: [3], rowTokens: 7, latents: 1 };
    expect(studyCost(dose, texts)).toEqual(
      studyCost({ ...dose, continuationTokens: 32, targets: [], heldOutRows: 32, controls: 8 }, texts),
    );
  });
});
