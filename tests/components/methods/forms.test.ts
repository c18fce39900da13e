import { describe, expect, it } from "vitest";
import { armMethodOf, armNames } from "@/components/methods/arms";
import { chosenMethods, formMethodOf, methodChoices, newMethodFields } from "@/components/methods/forms";
import { methodNames } from "@/lib/contract/methods/methods";
import { type AdapterConfig, adapterConfig, hasLatents } from "@/lib/contract/run-config";

const targets = { modules: ["v_proj"], layers: [1] };
const form = { ...newMethodFields({ isLarge: false }), ...targets };

describe("the form of every method", () => {
  const written: readonly AdapterConfig[] = [
    { method: "stan", numLatents: 7, k: 2, alpha: 3, selection: "relu", init: "small", latentsPattern: { q_proj: 5 }, targets },
    { method: "stan", numLatents: 7, k: 2, alpha: 1, selection: "signed", init: "zero", sparsity: "batchtopk", targets },
    { method: "lora", rank: 3, alpha: 6, useRslora: true, dropout: 0.1, alphaPattern: { q_proj: 0.5 }, targets },
    { method: "vera", rank: 24, dInitial: 0.3, projectionKey: 7, dropout: 0.1, targets },
    { method: "full", targets },
    { method: "full", targets: null },
    { method: "head" },
  ];

  it.each(written)("gives back the settings that it was filled with: %o", (adapter) => {
    const part = formMethodOf(adapter);
    expect(part.adapterOf({ ...form, ...part.fieldsOf(adapter) }, false)).toEqual(adapter);
  });

  it("begins with settings that a configuration may have", () => {
    for (const method of methodNames) {
      const adapter = formMethodOf({ method }).adapterOf(form, false);
      expect(adapterConfig.parse(adapter)).toEqual(adapter);
    }
  });

  it("is among the choices, one of which is a pair", () => {
    expect(new Set(methodChoices)).toEqual(new Set([...methodNames, "both"]));
    expect(chosenMethods({ method: "both" })).toEqual(["stan", "lora"]);
    expect(chosenMethods({ method: "head" })).toEqual(["head"]);
  });
});

describe("an arm of every kind", () => {
  const sizes = { name: "a", sizes: "8, 16", ks: "2", selection: "signed" as const, alphaOverRank: 2 };

  it.each(armNames)("%s tries adapters that a configuration may have", (method) => {
    const adapters = armMethodOf({ method }).adaptersOf(sizes, [targets], form);
    expect(adapters.map((adapter) => adapterConfig.parse(adapter))).toEqual(adapters);
    expect(adapters).toHaveLength(adapters.every(hasLatents) ? 2 : 1);
  });
});
