import { describe, expect, it } from "vitest";
import { latentQuery } from "@/lib/contract/latent";
import { activationQuantiles } from "@/server/services/latents/activation-quantiles";
import { exportLatents } from "@/server/services/latents/export-latents";
import { getLatent } from "@/server/services/latents/get-latent";
import { listColumnHistograms } from "@/server/services/latents/list-column-histograms";
import { listLatents } from "@/server/services/latents/list-latents";
import { showExample } from "@/server/services/latents/show-example";
import { startCollection } from "@/server/services/latents/start-collection";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, storedCollection, storedRun } from "@/tests/support/stored-collection";

const context = await freshContext();
const collection = await storedCollection(context.store, [
  latentInput(0, 0, 40),
  latentInput(0, 1, 0),
  latentInput(0, 2, 7, 'say "hi"'),
  latentInput(1, 0, 100),
]);
const query = latentQuery.parse({ collectionId: collection.id });

describe("listLatents", () => {
  it("says how many there are with and without the filter", async () => {
    expect(await listLatents(context, { ...query, state: "dead" })).toMatchObject({ total: 1, totalUnfiltered: 4, rows: [{ index: 1 }] });
    expect(await listLatents(context, { ...query, token: "nothing" })).toEqual({ rows: [], total: 0, totalUnfiltered: 4 });
  });

  it("refuses a collection that has not ended", async () => {
    const { id } = await startCollectionOfFinishedRun();
    await expect(listLatents(context, { ...query, collectionId: id })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/queued/),
    });
  });

  async function startCollectionOfFinishedRun() {
    const runId = await storedRun(context.store);
    const settings = { maxTokens: 100, split: "all", batchRows: 8 } as const;
    await expect(startCollection(context, runId, settings)).rejects.toMatchObject({ code: "conflict" });
    await context.store.pool.query("UPDATE runs SET status = 'finished' WHERE id = $1", [runId]);
    return startCollection(context, runId, settings);
  }
});

describe("getLatent", () => {
  it("gives counts, quantiles, examples in their context and neighbours by name", async () => {
    const latent = await getLatent(context, { module: "layers.0.q_proj", index: 0 }, query);
    expect(latent).toMatchObject({ tokens: 1000, k: 2, numLatents: 40_009, colourMax: 4, row: { fireCount: 40 } });
    expect(latent.histogram.positive[34]).toBe(40);
    expect(latent.domains).toEqual([
      { name: "sea", tokens: 500, fireCount: 40 },
      { name: "land", tokens: 500, fireCount: 0 },
    ]);
    expect(latent.examples).toMatchObject([{ rank: 0, domain: "land", row: 11, duplicates: 3, peak: 2 }]);
    expect(latent.previous).toEqual({ module: "layers.1.v_proj", index: 0 });
    expect(latent.next).toEqual({ module: "layers.0.q_proj", index: 2 });
  });

  it("says which latent is not there", async () => {
    await expect(getLatent(context, { module: "layers.9.q_proj", index: 0 }, query)).rejects.toMatchObject({ code: "notFound" });
    await expect(getLatent(context, { module: "layers.0.q_proj", index: 99 }, query)).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("showExample", () => {
  it("joins bytes of one character, keeps the stronger activation, and counts the peak among what is shown", () => {
    const stored = { context: 0, position: 3, activation: -3, duplicates: 0, from: 2, to: 9 };
    const example = { ...stored, firingPositions: [1, 3], firingActivations: [0.5, -3] };
    const shown = showExample(example, { context: 0, row: 5, domain: null, texts: ["a", "é", "", "", " z"] }, { rank: 4, domains: [] });
    expect(shown).toMatchObject({ rank: 4, domain: null, row: 5, position: 3, peak: 0 });
    expect(shown.tokens).toEqual([
      { text: "é", activation: -3 },
      { text: " z", activation: 0 },
    ]);
  });
});

describe("activationQuantiles", () => {
  it("lies within half an octave, and never above the largest value", () => {
    const counts = new Array<number>(64).fill(0);
    counts[32] = 50;
    counts[36] = 50;
    const [p25 = 0, p75 = 0, p100 = 0] = activationQuantiles(counts, [0.25, 0.75, 1], 5);
    expect(p25).toBeCloseTo(2 ** 0.25);
    expect(p75).toBeCloseTo(2 ** 2.25);
    expect(p100).toBe(5);
    expect(activationQuantiles([0, 0], [0.5], 0)).toEqual([null]);
  });
});

describe("listColumnHistograms", () => {
  it("counts each living latent once in every column", async () => {
    const histograms = await listColumnHistograms(context, collection.id);
    expect(histograms.map(({ column }) => column)).toEqual(["density", "maxActivation", "meanActivation", "selectivity"]);
    for (const { edges, counts } of histograms) {
      expect(edges).toHaveLength(counts.length + 1);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    }
    expect(histograms[0]?.edges[0]).toBeCloseTo(0.007);
    expect(histograms[0]?.edges.at(-1)).toBeCloseTo(0.1);
  });
});

describe("exportLatents", () => {
  it("writes CSV with quoted tokens, and JSON that reads back", async () => {
    const csv = await gather(await exportLatents(context, { ...query, layer: 0 }, "csv"));
    const lines = csv.trimEnd().split("\r\n");
    expect(lines[0]).toBe(
      "module,index,fireCount,tokens,density,meanActivation,maxActivation,minActivation,selectivity,topDomain,topTokens,fireCount sea,fireCount land",
    );
    expect(lines[2]).toContain('"say ""hi"""');
    expect(lines[3]).toBe("layers.0.q_proj,1,0,1000,0,,,,,,,0,0");
    const json = JSON.parse(await gather(await exportLatents(context, { ...query, layer: 0 }, "json")));
    expect(json.map(({ fireCount }: { fireCount: number }) => fireCount)).toEqual([40, 7, 0]);
    expect(JSON.parse(await gather(await exportLatents(context, { ...query, token: "nothing" }, "json")))).toEqual([]);
  });

  async function gather(parts: AsyncGenerator<string>): Promise<string> {
    let text = "";
    for await (const part of parts) text += part;
    return text;
  }
});
