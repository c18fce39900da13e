import { describe, expect, it } from "vitest";
import { rateRange, withMethod } from "@/components/experiments/form/arm-form";
import { type ExperimentForm, exampleForm, experimentOf } from "@/components/experiments/form/experiment-form";
import { newRunForm } from "@/components/new-run/run-form";
import { experimentRequest } from "@/lib/contract/experiment";

const plain = exampleForm({ ...newRunForm(undefined), modelId: "m1", dataSetId: "d1", modules: ["q_proj", "v_proj"] });

function withArm(place: number, changes: Partial<ExperimentForm["arms"][number]>): ExperimentForm {
  return { ...plain, arms: plain.arms.map((arm, at) => (at === place ? { ...arm, ...changes } : arm)) };
}

describe("the form of an experiment", () => {
  it("begins with STAN and LoRA of one size and equally many learning rates", () => {
    const { arms, match, finalSeeds, data, training } = experimentRequest.parse(experimentOf(plain, []));
    expect(arms.map(({ adapters }) => adapters)).toMatchObject([
      [{ method: "stan", numLatents: 256, k: 16, targets: { modules: ["q_proj", "v_proj"] } }],
      [{ method: "lora", rank: 256, alpha: 256 }],
    ]);
    expect(arms.map(({ learningRates }) => learningRates.kind === "range" && learningRates.count)).toEqual([4, 4]);
    expect([match, finalSeeds, data.dataSetId]).toEqual(["parameters", [1, 2, 3], "d1"]);
    expect(training).not.toHaveProperty("learningRate");
  });

  it("tries every size with every k, over targets of an arm's own where it names any", () => {
    const [stan] = experimentOf(withArm(0, { sizes: "64, 96", ks: "4, 8", targets: "v_proj" }), []).arms;
    expect(stan?.adapters.map((adapter) => adapter.method === "stan" && [adapter.numLatents, adapter.k, adapter.targets.modules])).toEqual([
      [64, 4, ["v_proj"]],
      [64, 8, ["v_proj"]],
      [96, 4, ["v_proj"]],
      [96, 8, ["v_proj"]],
    ]);
    const [, dora] = experimentOf(withArm(1, { method: "dora", sizes: "3", rateKind: "list", rates: "1e-3; 0.002" }), []).arms;
    expect(dora).toMatchObject({
      adapters: [{ rank: 3, alpha: 3, useDora: true }],
      learningRates: { kind: "list", values: [0.001, 0.002] },
    });
  });

  it("tries several sets of targets, all projections in full, and the head alone", () => {
    const [full] = experimentOf(withArm(0, { method: "full", sizes: "", ks: "" }), []).arms;
    expect(full?.adapters).toEqual([{ method: "full", targets: null }]);
    const [some] = experimentOf(withArm(0, { method: "full", targets: "v_proj; q_proj, v_proj" }), []).arms;
    expect(some?.adapters.map((adapter) => adapter.method === "full" && adapter.targets?.modules)).toEqual([
      ["v_proj"],
      ["q_proj", "v_proj"],
    ]);
    const [head] = experimentOf(withArm(0, { method: "head", sizes: "" }), []).arms;
    expect(head?.adapters).toEqual([{ method: "head" }]);
    const [stan] = experimentOf(withArm(0, { sizes: "3", ks: "2", targets: "v_proj; q_proj" }), []).arms;
    expect(stan?.adapters).toHaveLength(2);
  });

  it("trains on sets of domains, those that results are reported on being the chosen ones", () => {
    const domains = ["films", "goods", "notes"];
    const setsOf = (changes: Partial<ExperimentForm>) => experimentOf({ ...plain, ...changes }, domains).domainSets;
    expect(setsOf({})).toBeNull();
    expect(setsOf({ trainedOn: "each" })).toEqual([["films"], ["goods"], ["notes"]]);
    expect(setsOf({ trainedOn: "eachAndTogether", run: { ...plain.run, domains: ["films", "notes"] } })).toEqual([
      ["films"],
      ["notes"],
      ["films", "notes"],
    ]);
    expect(setsOf({ trainedOn: "sets", domainSets: "films; goods, notes;" })).toEqual([["films"], ["goods", "notes"]]);
    expect(() => setsOf({ trainedOn: "sets", domainSets: "films; verse" })).toThrow('"verse" is not one of films, goods, notes');
    expect(() => setsOf({ trainedOn: "sets", domainSets: "films, goods" })).toThrow("at least two");
    expect(experimentOf({ ...plain, trainedOn: "each" }, []).domainSets).toBeNull();
  });

  it("gives an arm the rates and the name of its method until a person has chosen others", () => {
    const [stan] = plain.arms;
    if (stan === undefined) throw new Error("no arm");
    expect(withMethod(stan, "full")).toMatchObject({ name: "Full fine-tuning", method: "full", ...rateRange("full") });
    expect(withMethod({ ...stan, name: "mine", low: 0.5 }, "lora")).toMatchObject({ name: "mine", low: 0.5, high: stan.high });
    expect(withMethod({ ...stan, method: "lora", name: "LoRA", sizes: "", ks: "", ...rateRange("lora") }, "stan")).toMatchObject(stan);
  });

  it("names the field that cannot be read", () => {
    expect(() => experimentOf(withArm(0, { sizes: "64, many" }), [])).toThrow("Latents of STAN: “many” is not a whole number");
    expect(() => experimentOf(withArm(0, { ks: "2.5" }), [])).toThrow("k of STAN: “2.5” is not a whole number");
    expect(() => experimentOf(withArm(1, { rateKind: "list", rates: "" }), [])).toThrow("Learning rates of LoRA");
    expect(() => experimentOf({ ...plain, finalSeeds: "one" }, [])).toThrow("Seeds of the final runs");
    expect(() => experimentOf({ ...plain, sweepSeeds: "" }, [])).toThrow("Seeds of the sweep");
  });
});
