import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { adapterFiles, latentMethodOf, methodNames, methodOf, methodOfFile, nounsOf } from "@/lib/contract/methods/methods";
import { adapterConfig, type LatentConfig, latentConfig } from "@/lib/contract/run-config";

const targets = { modules: ["v_proj"], layers: [1] };
const shared = {
  task_type: "CAUSAL_LM",
  base_model_name_or_path: null,
  revision: null,
  inference_mode: true,
  target_modules: ["v_proj"],
  layers_to_transform: [1],
  fan_in_fan_out: false,
  modules_to_save: null,
};

const written: readonly LatentConfig[] = [
  { method: "stan", numLatents: 7, k: 2, alpha: 3, selection: "relu", init: "zero", latentsPattern: { q_proj: 5 }, targets },
  { method: "lora", rank: 3, alpha: 6, useRslora: true, useDora: true, dropout: 0.1, alphaPattern: { q_proj: 0.5 }, targets },
  { method: "lora", rank: 3, alpha: 6, targets },
  { method: "stan", numLatents: 7, k: 2, alpha: 1, selection: "signed", init: "zero", sparsity: "batchtopk", targets },
  { method: "vera", rank: 256, dInitial: 0.3, projectionKey: 7, dropout: 0.1, targets },
];

describe("the file of an adapter", () => {
  it.each(written)("gives back the settings of %o", (adapter) => {
    const method = latentMethodOf(adapter);
    const file = adapterFiles[adapter.method].parse(method.peft.toFile(adapter, shared));
    expect(methodOfFile(file)).toBe(method);
    expect(latentConfig.parse({ ...method.peft.settings(file), targets })).toEqual(adapter);
  });
});

describe("a method", () => {
  const all: readonly z.input<typeof adapterConfig>[] = [...written, { method: "full", targets }, { method: "full" }, { method: "head" }];
  const parsed = all.map((one) => adapterConfig.parse(one));

  it("describes what it trains, in full and where only settings differ", () => {
    expect(parsed.map((adapter) => methodOf(adapter).describe(adapter))).toEqual([
      "STAN M=7 k=2 relu",
      "DoRA r=3 α=6",
      "LoRA r=3 α=6",
      "STAN M=7 k=2 batchtopk",
      "VeRA r=256 d=0.3 key=7",
      "full fine-tuning",
      "full fine-tuning",
      "head alone",
    ]);
    expect(parsed.map((adapter) => methodOf(adapter).settingOf(adapter))).toEqual([
      "M=7 k=2 relu",
      "DoRA r=3 α=6",
      "r=3 α=6",
      "M=7 k=2 batchtopk",
      "r=256 d=0.3 key=7",
      "v_proj",
      "all projections",
      "the head alone",
    ]);
  });

  it("refuses BatchTopK where k is all of the latents, and says k is a mean where it is not", () => {
    const stan = latentConfig.parse({ method: "stan", numLatents: 7, k: 7, targets });
    const about = { modelName: "tiny", isLanguageModel: true };
    const problemOf = (adapter: LatentConfig) => methodOf(adapter).problemOf(adapter, about);
    expect(problemOf(stan)).toBeNull();
    expect(problemOf({ ...stan, sparsity: "batchtopk" } as LatentConfig)).toEqual({
      field: "sparsity",
      message: "With k = M = 7 a batch keeps all latents: choose a lower k, or TopK.",
    });
    const [token, batch] = [written[0], written[3]].map((adapter) => adapter && methodOf(adapter).sparsityOf(adapter)?.isMean);
    expect([token, batch]).toEqual([false, true]);
  });

  it("has a mark and a name of its own", () => {
    const of = methodNames.map((method) => methodOf({ method }));
    expect(new Set(of.map(({ mark }) => mark)).size).toBe(methodNames.length);
    expect(new Set(of.map(({ label }) => label)).size).toBe(methodNames.length);
    expect(nounsOf("lora")).toMatchObject({ noun: "component", longNoun: "rank component" });
  });

  it("multiplies a module's update by what the module's own sizes give", () => {
    const [stan, , lora, , vera] = written;
    if (stan === undefined || lora === undefined) expect.fail("no settings");
    expect(latentMethodOf(stan).moduleSizes(stan, "layers.1.q_proj")).toEqual({ width: 5, activeWidth: 2, scaling: 1.5 });
    expect(latentMethodOf(lora).moduleSizes(lora, "layers.1.q_proj")).toEqual({ width: 3, activeWidth: 3, scaling: 2 });
    if (vera === undefined) expect.fail("no settings");
    expect(latentMethodOf(vera).moduleSizes(vera, "layers.1.q_proj")).toEqual({ width: 256, activeWidth: 256, scaling: 1 });
  });
});
