import { describe, expect, it } from "vitest";
import { armMethodNames, armMethodOf } from "@/components/methods/arms";
import { chosenMethods, formMethodOf, methodChoices, newMethodFields } from "@/components/methods/forms";
import { methodNames } from "@/lib/contract/methods/methods";
import { adapterConfig, hasLatents } from "@/lib/contract/run-config";
import { targets } from "@/tests/support/methods/method-case";
import { methodCases } from "@/tests/support/methods/methods";

const form = { ...newMethodFields({ isLarge: false }), ...targets };

describe("the form of every method", () => {
  it.each(methodCases)("gives back the settings that it was filled with: $name", ({ config }) => {
    const part = formMethodOf(config);
    expect(part.adapterOf({ ...form, ...part.fieldsOf(config) }, false)).toEqual(config);
  });

  it("begins with settings that a configuration may have", () => {
    for (const method of methodNames) {
      const adapter = formMethodOf({ method }).adapterOf(form, false);
      expect(adapterConfig.parse(adapter)).toEqual(adapter);
    }
  });

  it("shares no field with another method's", () => {
    const fields = methodNames.flatMap((method) => Object.keys(formMethodOf({ method }).fields));
    expect(new Set(fields).size).toBe(fields.length);
  });

  it("is among the choices, one of which is a pair", () => {
    expect(new Set(methodChoices)).toEqual(new Set([...methodNames, "both"]));
    expect(chosenMethods({ method: "both" })).toEqual(["stan", "lora"]);
    expect(chosenMethods({ method: "head" })).toEqual(["head"]);
  });
});

describe("an arm of every kind", () => {
  const sizes = { name: "a", sizes: "8, 16", ks: "2", selection: "signed" as const, sparsity: "topk" as const, alphaOverRank: 2 };

  it.each(armMethodNames)("%s tries adapters that a configuration may have", (method) => {
    const adapters = armMethodOf({ method }).adaptersOf(sizes, [targets], form);
    expect(adapters.map((adapter) => adapterConfig.parse(adapter))).toEqual(adapters);
    expect(adapters).toHaveLength(adapters.every(hasLatents) ? 2 : 1);
  });

  it("tries STAN with BatchTopK where it is chosen, and says nothing of TopK, the default", () => {
    const [topK] = armMethodOf({ method: "stan" }).adaptersOf(sizes, [targets], form);
    expect(topK).not.toHaveProperty("sparsity");
    const tried = armMethodOf({ method: "stan" }).adaptersOf({ ...sizes, sparsity: "batchtopk" }, [targets], form);
    expect(tried).toMatchObject([
      { numLatents: 8, k: 2, sparsity: "batchtopk" },
      { numLatents: 16, k: 2, sparsity: "batchtopk" },
    ]);
  });
});
