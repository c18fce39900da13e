import { describe, expect, it } from "vitest";
import { compareRuns } from "@/server/services/comparison/compare";
import { pairRuns } from "@/server/services/comparison/pairs";
import { readSides } from "@/server/services/comparison/sides";
import { comparedRun, someLora } from "@/tests/support/compared-run";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
const { store } = context;
const make = (changes: Parameters<typeof comparedRun>[1]) => comparedRun(store, changes);
const idsOf = (runs: readonly { id: string }[]) => runs.map(({ id }) => id).join(",");

describe("sides", () => {
  it("hold runs that differ in their seed alone, in the order of their first runs, under what their names share", async () => {
    const stan = [await make({ name: "stan-m7-k2 seed 1", seed: 1 }), await make({ name: "stan-m7-k2 seed 12", seed: 12 })];
    const lora = await make({ name: "lora-r3", adapter: someLora });
    const sides = await readSides(context, idsOf([...stan.slice(0, 1), lora, ...stan.slice(1)]));
    expect(sides.map(({ name, runs }) => [name, idsOf(runs)])).toEqual([
      ["stan-m7-k2", idsOf(stan)],
      ["lora-r3", lora.id],
    ]);
  });

  it("are the runs themselves if all have one configuration, and a run named twice is compared with itself", async () => {
    const [one, two] = [await make({ seed: 1 }), await make({ seed: 2 })];
    const seeds = await compareRuns(context, { runs: idsOf([one, two]) });
    expect(seeds.sides.map(({ name, runs }) => [name, idsOf(runs)])).toEqual([
      ["a run", one.id],
      ["a run (2)", two.id],
    ]);
    expect(seeds.remarks).toEqual([expect.stringMatching(/differ only in their seed/)]);
    const again = await compareRuns(context, { runs: idsOf([one, await make({ seed: 1 })]) });
    expect(again.remarks).toEqual([expect.stringMatching(/same settings and the same seed/)]);
    const itself = await compareRuns(context, { runs: idsOf([one, one]) });
    expect(itself.sides.map(({ runs }) => idsOf(runs))).toEqual([one.id, one.id]);
    expect(itself.remarks).toEqual([expect.stringMatching(/compared with itself/)]);
    const both = await readSides(context, idsOf([one, two, one, two]));
    expect(both.map(({ runs }) => idsOf(runs))).toEqual([idsOf([one, two]), idsOf([one, two])]);
  });

  it("are refused for one run, for a run that is gone, and for more than a comparison takes", async () => {
    const { id } = await make({});
    await expect(readSides(context, id)).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(/at least two runs/) });
    await expect(readSides(context, `${id},gone`)).rejects.toMatchObject({ code: "notFound" });
    await expect(readSides(context, Array(97).fill(id).join(","))).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("a comparison", () => {
  it("lists what differs in the configuration and counts what does not", async () => {
    const [stan, lora] = [await make({}), await make({ adapter: someLora, training: { learningRate: 0.003 } })];
    const { settings, sameSettings } = await compareRuns(context, { runs: idsOf([stan, lora]) });
    const differing = Object.fromEntries(settings.map(({ path, values }) => [path, values]));
    expect(differing).toMatchObject({
      "adapter.method": ["stan", "lora"],
      "adapter.k": ["2", null],
      "adapter.rank": [null, "3"],
      "training.learningRate": ["0.01", "0.003"],
    });
    expect(Object.keys(differing)).not.toContain("adapter.targets.modules");
    expect(Object.keys(differing)).not.toContain("training.seed");
    expect(sameSettings).toBeGreaterThan(15);
  });

  it("places each evaluation at the tokens, operations and seconds that training had taken", async () => {
    const [one, two] = [await make({ losses: [3, 2.5] }), await make({ adapter: someLora })];
    const { sides } = await compareRuns(context, { runs: idsOf([one, two]) });
    expect(sides[0]?.runs[0]?.curve).toEqual([
      { step: 0, tokens: 0, flops: 0, seconds: 0, loss: 3, baseLoss: 3 },
      { step: 5, tokens: 55, flops: 715, seconds: 2.5, loss: 2.5, baseLoss: 3 },
    ]);
    expect(sides[1]?.runs[0]?.curve).toEqual([]);
  });

  it("gives one number to sides that differ in learning rate alone, and to those that differ in numLatents and k alone", async () => {
    const wide = { method: "stan", numLatents: 11, k: 3, alpha: 1, selection: "signed", init: "zero", targets: someLora.targets } as const;
    const runs = [
      await make({}),
      await make({ training: { learningRate: 0.1 } }),
      await make({ adapter: wide }),
      await make({ adapter: someLora }),
    ];
    const { sides } = await compareRuns(context, { runs: idsOf(runs) });
    expect(sides.map(({ rateGroup }) => rateGroup)).toEqual([0, 0, 2, 3]);
    expect(sides.map(({ shapeGroup }) => shapeGroup)).toEqual([0, 1, 0, 3]);
  });

  it("says which runs have not ended, and that base models or data differ", async () => {
    const running = await make({ name: "still", status: "running" });
    const other = await make({ name: "other", modelName: "another model", adapter: someLora });
    const { remarks } = await compareRuns(context, { runs: idsOf([running, other]) });
    expect(remarks).toEqual([
      "The base models differ (a model, another model): differences may come from the base models.",
      "still is running at step 5 of 5: it appears in the curves, but in no score.",
    ]);
  });
});

describe("pairs", () => {
  it("are of one seed where there is one, of what is left else, and leave out runs that have not ended", async () => {
    const stan = [await make({ seed: 1 }), await make({ seed: 2 }), await make({ seed: 3, status: "failed" })];
    const lora = [await make({ seed: 7, adapter: someLora }), await make({ seed: 2, adapter: someLora })];
    const [one, other] = await readSides(context, idsOf([...stan, ...lora]));
    if (one === undefined || other === undefined) throw new Error("there are not two sides");
    expect(pairRuns(one, other).map(({ first, second }) => [first.seed, second.seed])).toEqual([
      [2, 2],
      [1, 7],
    ]);
    expect(pairRuns(one, other, ({ seed }) => seed !== 1).map(({ first, second }) => [first.seed, second.seed])).toEqual([[2, 2]]);
  });
});
