import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { adapterFiles, latentMethodOf, methodNames, methodOf, methodOfFile, methodSettings, nounsOf } from "@/lib/contract/methods/methods";
import { adapterConfig, type LatentConfig, latentConfig } from "@/lib/contract/run-config";
import { targets } from "@/tests/support/methods/method-case";
import { latentCases, methodCases } from "@/tests/support/methods/methods";

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

describe("the file of an adapter", () => {
  it.each(latentCases)("gives back the settings of $name", ({ config, unsaved }) => {
    const method = latentMethodOf(config);
    const file = adapterFiles[config.method].parse(method.peft.toFile(config, shared));
    expect(methodOfFile(file)).toBe(method);
    expect(latentConfig.parse({ ...method.peft.settings(file), targets })).toEqual({ ...config, ...unsaved });
  });
});

describe("a method", () => {
  it.each(methodCases)("describes what it trains, in full and where only settings differ: $name", ({ config, words }) => {
    const { describe: described, settingOf } = methodOf(config);
    expect([described(config), settingOf(config)]).toEqual(words);
    expect(adapterConfig.parse(config)).toEqual(config);
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
    const isMean = (adapter: LatentConfig) => methodOf(adapter).sparsityOf(adapter)?.isMean;
    expect([isMean(stan), isMean({ ...stan, sparsity: "batchtopk" } as LatentConfig)]).toEqual([false, true]);
  });

  it("is registered by the name that its settings have", () => {
    for (const method of methodNames) expect(methodSettings[method].shape.method.value).toBe(method);
  });

  it("has a mark and a name of its own", () => {
    const of = methodNames.map((method) => methodOf({ method }));
    expect(new Set(of.map(({ mark }) => mark)).size).toBe(methodNames.length);
    expect(new Set(of.map(({ label }) => label)).size).toBe(methodNames.length);
    expect(nounsOf("lora")).toMatchObject({ noun: "component", longNoun: "rank component" });
  });

  it("multiplies a module's update by what the module's own sizes give", () => {
    const sizes = (written: z.input<typeof latentConfig>) => {
      const adapter = latentConfig.parse(written);
      return latentMethodOf(adapter).moduleSizes(adapter, "layers.1.q_proj");
    };
    expect(sizes({ method: "stan", numLatents: 7, k: 2, alpha: 3, latentsPattern: { q_proj: 5 }, targets })).toEqual({
      width: 5,
      activeWidth: 2,
      scaling: 1.5,
    });
    expect(sizes({ method: "lora", rank: 3, alpha: 6, targets })).toEqual({ width: 3, activeWidth: 3, scaling: 2 });
    expect(sizes({ method: "vera", rank: 256, targets })).toEqual({ width: 256, activeWidth: 256, scaling: 1 });
  });
});
