import { describe, expect, it } from "vitest";
import { fromArrays, toArrays } from "@/server/engine/features/arrays";
import { collectActivations } from "@/server/engine/features/collect";
import { type CollectionPlan, type CollectionStatistics, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { latentTable } from "@/server/engine/features/latent-table";
import { mergeCollections } from "@/server/engine/features/merge";
import { plan, type RandomInput, randomInputs } from "./random-pass";

const [name = ""] = plan.numLatents.keys();

function collected(inputs: readonly RandomInput[], into = createCollectionStatistics(plan)): CollectionStatistics {
  for (const _ of collectActivations(into, inputs, ({ kept }) => new Map([[name, kept]]), { maxTokens: Infinity })) {
  }
  return into;
}

/** All that a person is shown; the order of sums may change a mean's last digits. */
function shown(statistics: CollectionStatistics) {
  return [...statistics.modules.values()].map((module) => ({
    tokens: statistics.tokens,
    rows: statistics.rows,
    latents: [...latentTable(statistics, module, String)].map(({ meanActivation, ...row }) => ({
      ...row,
      meanActivation: meanActivation?.toFixed(9),
      examples: module.examples.of(row.index),
    })),
  }));
}

describe("merged shards", () => {
  const inputs = randomInputs(60, 11);
  const whole = collected(inputs);
  const shards = () => [inputs.slice(0, 7), inputs.slice(7, 41), inputs.slice(41)].map((shard) => collected(shard));

  it.each([[[0, 1, 2]], [[2, 0, 1]], [[1, 2, 0]]])("give what one pass gives, in the order %j", (order) => {
    const merged = createCollectionStatistics(plan);
    const parts = shards();
    for (const at of order) {
      const part = parts[at];
      if (part !== undefined) mergeCollections(merged, part);
    }
    expect(shown(merged)).toEqual(shown(whole));
  });

  it("do not merge when the plans differ", () => {
    const other = createCollectionStatistics({ ...plan, examples: 4 });
    expect(() => mergeCollections(other, whole)).toThrow(/not of one plan/);
  });
});

describe("statistics written as arrays and read back", () => {
  const inputs = randomInputs(30, 5);

  it.each<[string, CollectionPlan]>([
    ["exact token counts", plan],
    ["token sketches", { ...plan, exactTokenBytes: 0 }],
  ])("go on as if never interrupted, with %s", (_, ofPlan) => {
    const whole = collected(inputs, createCollectionStatistics(ofPlan));
    const half = collected(inputs.slice(0, 17), createCollectionStatistics(ofPlan));
    const { header, arrays } = toArrays(half);
    const copies = new Map([...arrays].map(([key, values]) => [key, values.slice()]));
    const resumed = collected(inputs.slice(17), fromArrays({ header: JSON.parse(JSON.stringify(header)), arrays: copies }));
    expect(shown(resumed)).toEqual(shown(whole));
  });

  it("can be empty", () => {
    const { header, arrays } = toArrays(createCollectionStatistics(plan));
    const copies = new Map([...arrays].map(([key, values]) => [key, values.slice()]));
    expect(shown(collected(inputs, fromArrays({ header, arrays: copies })))).toEqual(shown(collected(inputs)));
  });

  it("name an array that is missing or does not fit", () => {
    const { header, arrays } = toArrays(collected(inputs));
    const short = new Map([...arrays, [`${name}.fireCount`, new Int32Array(2)]]);
    expect(() => fromArrays({ header, arrays: short })).toThrow("layers.0.q_proj.fireCount is Int32Array(2) where Int32Array(13) belongs");
    arrays.delete(`${name}.max`);
    expect(() => fromArrays({ header, arrays })).toThrow("array layers.0.q_proj.max is missing");
  });
});
