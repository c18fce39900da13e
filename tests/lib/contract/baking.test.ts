import { describe, expect, it } from "vitest";
import { bakingOf } from "@/lib/contract/baking";
import { type Edit, edit } from "@/lib/contract/edit";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import { latentConfig } from "@/lib/contract/run-config";

const latent = { module: "m", index: 2 };
const other = { latent: { module: "m", index: 1 }, above: 0 };

/** Edits as a file holds them, with what is left out filled in. */
function parsed(...list: object[]): Edit[] {
  return list.map((one) => edit.parse(one));
}

function reasonsOf(method: "stan" | "lora", ...list: object[]): string[] {
  return bakingOf(parsed(...list), method).refused.map(({ reason }) => reason);
}

describe("baking", () => {
  it("takes factors on what a latent writes, of either method", () => {
    const edits = parsed(
      { operation: "scale", latent, value: -3 },
      { operation: "scale", latent, value: 2, onlyIfFiring: true },
      { operation: "ablatePost", latent, onlyIfFiring: true },
      { operation: "isolate", module: "m", indices: [0] },
      { operation: "moduleOff", module: "m" },
    );
    for (const method of ["stan", "lora"] as const) expect(bakingOf(edits, method)).toEqual({ baked: edits, refused: [] });
  });

  it("takes a mask before TopK where there is one, and wherever the latent is kept", () => {
    const [mask] = parsed({ operation: "ablatePre", latent });
    expect(bakingOf([mask as Edit], "stan")).toEqual({ baked: [mask], refused: [] });
    expect(reasonsOf("lora", { operation: "ablatePre", latent })).toEqual([expect.stringContaining("no TopK")]);
    expect(reasonsOf("stan", { operation: "ablatePre", latent, onlyIfFiring: true })).toEqual([
      expect.stringContaining("slot with an activation of 0"),
    ]);
  });

  it("refuses what no matrix holds, and says why", () => {
    expect(
      reasonsOf(
        "stan",
        { operation: "clamp", latent, value: 1 },
        { operation: "minClamp", latent, value: 1 },
        { operation: "add", latent, value: 1 },
        { operation: "forceIn", latent },
        { operation: "adapterOff" },
        { operation: "scale", latent, value: 2, scope: "generated" },
        { operation: "scale", latent, value: 2, scope: { from: 0, to: 9 } },
        { operation: "scale", latent, value: 2, skipsSpecialTokens: true },
        { operation: "moduleOff", module: "m", onlyIf: other },
      ),
    ).toEqual(
      [
        "fixed activation",
        "fixed activation",
        "no bias",
        "depends on the token",
        "base model",
        "some positions",
        "some positions",
        "skips special tokens",
        "no conditions",
      ].map((words) => expect.stringContaining(words)),
    );
  });

  it("refuses every edit of DoRA, whose norms hang on all of B", () => {
    const lora = { method: "lora", rank: 3, alpha: 3, targets: { modules: ["m"] } };
    const forms = [lora, { ...lora, useDora: false }, { ...lora, useDora: true }].map((written) => {
      const adapter = latentConfig.parse(written);
      return latentMethodOf(adapter).bakedForm(adapter);
    });
    expect(forms).toEqual(["lora", "lora", "dora"]);
    const edits = parsed({ operation: "scale", latent, value: 2 }, { operation: "moduleOff", module: "m" });
    const { baked, refused } = bakingOf(edits, "dora");
    expect(baked).toEqual([]);
    expect(refused.map(({ reason }) => reason)).toEqual([
      expect.stringContaining("DoRA divides by"),
      expect.stringContaining("DoRA divides by"),
    ]);
  });

  it("parts a list and passes over what is switched off", () => {
    const [scale, clamp, off] = parsed(
      { operation: "scale", latent, value: 2 },
      { operation: "clamp", latent, value: 2 },
      { operation: "clamp", latent, value: 2, isOn: false },
    ) as [Edit, Edit, Edit];
    const { baked, refused } = bakingOf([scale, clamp, off], "stan");
    expect(baked).toEqual([scale]);
    expect(refused.map(({ edit }) => edit)).toEqual([clamp]);
  });
});
