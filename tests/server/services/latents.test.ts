import { describe, expect, it } from "vitest";
import { latentContext, latentDetail, latentPage, latentQuery } from "@/lib/contract/latent";
import { rangeColumns } from "@/lib/contract/latent-ranges";
import { positionKinds } from "@/lib/contract/positions/position-kinds";
import { collectionSettings } from "@/lib/contract/run-config";
import { insertDetection, storeDetectionResult } from "@/server/db/concepts/detections";
import { saveEffects } from "@/server/db/labels/effects";
import { saveLabel } from "@/server/db/labels/labels";
import { subjectOf } from "@/server/db/latents/collections";
import { exportLatents } from "@/server/services/latents/export-latents";
import { getContext } from "@/server/services/latents/get-context";
import { getLatent } from "@/server/services/latents/get-latent";
import { listColumnHistograms } from "@/server/services/latents/list-column-histograms";
import { listLatents } from "@/server/services/latents/list-latents";
import { pickLatents } from "@/server/services/latents/pick-latents";
import { showExample } from "@/server/services/latents/show-example";
import { startCollection } from "@/server/services/latents/start-collection";
import { freshContext } from "@/tests/support/service-context";
import { describedData, latentInput, storedCollection, storedRun } from "@/tests/support/stored-collection";

const context = await freshContext();
const collection = await storedCollection(context.store, [
  latentInput(0, 0, 40),
  latentInput(0, 1, 0),
  latentInput(0, 2, 7, 'say "hi"'),
  latentInput(1, 0, 100),
]);
const query = latentQuery.parse({ collectionId: collection.id });

async function gather(parts: AsyncGenerator<string>): Promise<string> {
  let text = "";
  for await (const part of parts) text += part;
  return text;
}

describe("listLatents", () => {
  it("says how many there are with and without the filter", async () => {
    expect(await listLatents(context, { ...query, state: "dead" })).toMatchObject({ total: 1, totalUnfiltered: 4, rows: [{ index: 1 }] });
    expect(await listLatents(context, { ...query, search: "nothing" })).toEqual({
      rows: [],
      total: 0,
      totalUnfiltered: 4,
      folded: [],
      totalFolded: 0,
    });
  });

  it("names the near-duplicates that are folded under a row", async () => {
    const reading = ["cup", "egg", "oil"].map((token) => ({ token, count: 5, error: 0, lift: 4 }));
    const { id } = await storedCollection(context.store, [
      { ...latentInput(0, 0, 20), topTokens: reading },
      latentInput(0, 1, 30),
      { ...latentInput(1, 0, 40), topTokens: reading.toReversed() },
    ]);
    const page = await listLatents(context, latentQuery.parse({ collectionId: id, duplicates: "folded" }));
    expect(page.rows.map(({ fireCount }) => fireCount)).toEqual([40, 30]);
    expect(page).toMatchObject({ total: 2, totalFolded: 1 });
    expect(page.folded).toEqual([
      { count: 1, latents: [{ module: "layers.0.q_proj", index: 0 }] },
      { count: 0, latents: [] },
    ]);
    expect(latentPage.parse(page)).toEqual(page);
  });

  it("gives the tails, weight norm and spectrum of a dense component, is searched by the tokens of both tails, and sorted by weight norm", async () => {
    const tail = (token: string) => ({ positions: 32, tokens: [{ token, count: 5, error: 0, lift: 4 }] });
    const spectrum = { singularValues: [2, 1], shares: [0.5, -0.25] };
    const dense = {
      ...latentInput(0, 0, 1000),
      topTokens: [],
      positiveTail: tail("cups"),
      negativeTail: tail("laws"),
      weightNorm: 0.5,
      spectrum,
    };
    const other = {
      ...dense,
      index: 1,
      positiveTail: tail("oil"),
      negativeTail: { positions: 0, tokens: [] },
      weightNorm: 0.75,
      spectrum: null,
    };
    const { id } = await storedCollection(context.store, [dense, other]);
    const list = (change: Record<string, unknown>) => listLatents(context, latentQuery.parse({ collectionId: id, ...change }));
    const indices = async (change: Record<string, unknown>) => (await list(change)).rows.map(({ index }) => index);
    expect(await indices({ search: "cup" })).toEqual([0]);
    expect(await indices({ search: "law" })).toEqual([0]);
    expect(await indices({ search: "oil" })).toEqual([1]);
    expect(await indices({ sort: "weightNorm" })).toEqual([1, 0]);
    expect(await indices({ ranges: "weightNorm:0.6.." })).toEqual([1]);
    const first = await getLatent(context, { module: "layers.0.q_proj", index: 0 }, latentQuery.parse({ collectionId: id }));
    expect(first.row).toMatchObject({ positiveTail: tail("cups"), negativeTail: tail("laws"), weightNorm: 0.5 });
    expect(first.spectrum).toEqual(spectrum);
    expect(latentDetail.parse(first)).toEqual(first);
    const second = await getLatent(context, { module: "layers.0.q_proj", index: 1 }, latentQuery.parse({ collectionId: id }));
    expect(second).toMatchObject({ spectrum: null, row: { negativeTail: { positions: 0, tokens: [] } } });
    const sparse = await getLatent(context, { module: "layers.0.q_proj", index: 0 }, query);
    expect(sparse).toMatchObject({ spectrum: null, row: { positiveTail: null, negativeTail: null, weightNorm: null } });
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
    await describedData(context.store);
    const settings = collectionSettings.parse({ maxTokens: 100 });
    await expect(startCollection(context, runId, settings)).rejects.toMatchObject({ code: "conflict" });
    await context.store.pool.query("UPDATE runs SET status = 'finished' WHERE id = $1", [runId]);
    return startCollection(context, runId, settings);
  }
});

describe("pickLatents", () => {
  it("gives the rows of some latents in their order, and says which is not there", async () => {
    const [first, second] = [
      await listLatents(context, { ...query, search: "hi" }),
      await listLatents(context, { ...query, state: "dead" }),
    ];
    const chosen = [...second.rows, ...first.rows].map(({ module, index }) => ({ module, index }));
    const picked = await pickLatents(context, collection.id, { latents: chosen });
    expect(picked.rows).toEqual([...second.rows, ...first.rows]);
    for (const latent of [
      { module: "elsewhere", index: 7 },
      { module: collection.modules[0]?.name ?? "", index: 70_000 },
    ]) {
      await expect(pickLatents(context, collection.id, { latents: [latent] })).rejects.toMatchObject({
        code: "notFound",
        message: expect.stringContaining(`latent ${latent.index} of ${latent.module}`),
      });
    }
  });
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
    expect(latent.examples).toMatchObject([{ rank: 0, domain: "land", context: 0, row: 11, duplicates: 3, peak: 2 }]);
    expect(latent.bands).toMatchObject([
      { from: 0, to: 0.25, firings: 10, lowest: 0.5, highest: 2 ** 1.125, examples: [{ row: 11, peak: 0, activation: 0.5 }] },
      { from: 0.95, to: 1, firings: 0, lowest: null, highest: null, examples: [] },
    ]);
    expect(latent.quiet).toMatchObject([
      {
        row: 11,
        activation: 0,
        tokens: [
          { text: " caf", activation: 0 },
          { text: "é", activation: 0 },
        ],
      },
    ]);
    expect(latent.nextTokens).toEqual([{ token: " word", count: 40, error: 0, lift: 0.5 }]);
    expect(latent.related).toEqual({
      decoder: [{ module: "layers.1.v_proj", index: 0, value: 0.5, label: null, automaticLabel: "word" }],
      encoder: [{ module: "layers.0.q_proj", index: 2, value: -0.25, label: null, automaticLabel: 'say "hi"' }],
      firesWith: [{ module: "layers.0.q_proj", index: 2, value: 0.75, label: null, automaticLabel: 'say "hi"', together: 6 }],
      sampled: 512,
    });
    expect(latent.outputShareRank).toBe(1);
    expect(latent.logitEffect).toBeNull();
    expect(latent.training).toEqual({
      density: [
        { step: 2, density: 0.5 },
        { step: 5, density: 0.25 },
      ],
      steps: 5,
    });
    expect(latentDetail.parse(latent)).toEqual(latent);
    expect(latent.previous).toEqual({ module: "layers.1.v_proj", index: 0 });
    expect(latent.next).toEqual({ module: "layers.0.q_proj", index: 2 });
  });

  it("ranks its output share in its own module, and gives the lens where it is defined", async () => {
    const [second, other] = await Promise.all([
      getLatent(context, { module: "layers.0.q_proj", index: 2 }, query),
      getLatent(context, { module: "layers.1.v_proj", index: 0 }, query),
    ]);
    expect([second.outputShareRank, other.outputShareRank]).toEqual([2, 1]);
    expect(other.logitEffect).toEqual({
      raised: [{ token: "up", change: 1.5, halfWidth: null }],
      lowered: [{ token: "word", change: -0.5, halfWidth: null }],
    });
  });

  it("has no neighbours where the filter leaves nothing, and no rank when dead", async () => {
    const latent = await getLatent(context, { module: "layers.0.q_proj", index: 1 }, { ...query, search: "nothing" });
    expect(latent).toMatchObject({ previous: null, next: null, outputShareRank: null });
  });

  it("gives the concepts that the run's detections say it detects", async () => {
    const { store } = context;
    const runId = collection.runId ?? expect.fail("the collection is of a run");
    const request = { dataSetId: "d", by: null, probe: false, seed: 0 };
    await insertDetection(store.db, { id: "found", runId, dataName: "places", request, taskId: "t1" });
    await insertDetection(store.db, { id: "waiting", runId, dataName: "later", request, taskId: "t2" });
    const ranking = { auroc: 0.9, averagePrecision: 0.8 };
    const top = {
      latent: { module: "layers.0.q_proj", index: 2 },
      sign: 1,
      ranking,
      hard: null,
      active: { positives: 4, negatives: 1 },
    } as const;
    const rows = { positives: 4, negatives: 5, hardNegatives: 0 };
    await storeDetectionResult(store.db, "found", { concepts: [{ name: "rivers", rows, chosen: null, top: [top] }], probes: null });
    const conceptsOf = async (index: number) => (await getLatent(context, { module: "layers.0.q_proj", index }, query)).concepts;
    expect(await conceptsOf(2)).toEqual([
      { detectionId: "found", dataName: "places", concept: "rivers", rows, sign: 1, ranking, report: null },
    ]);
    expect(await conceptsOf(0)).toEqual([]);
  });

  it("says which latent is not there", async () => {
    await expect(getLatent(context, { module: "layers.9.q_proj", index: 0 }, query)).rejects.toMatchObject({ code: "notFound" });
    await expect(getLatent(context, { module: "layers.0.q_proj", index: 99 }, query)).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("getContext", () => {
  const where = { collectionId: collection.id, context: 0, module: "layers.0.q_proj", index: 0 };

  it("gives the whole row, with activations where a window has them", async () => {
    const whole = await getContext(context, where);
    expect(latentContext.parse(whole)).toEqual({
      row: 11,
      domain: "land",
      tokens: [
        { text: "the", activation: 0.5 },
        { text: " caf", activation: 0 },
        { text: "é", activation: -3 },
      ],
    });
    const unread = await getContext(context, { ...where, index: 2 });
    expect(unread.tokens.map(({ activation }) => activation)).toEqual([null, null, null]);
  });

  it("says which context is not there", async () => {
    await expect(getContext(context, { ...where, context: 5 })).rejects.toMatchObject({ code: "notFound", message: /context 5/ });
  });
});

describe("labels and effects beside a collection", () => {
  it("are shown, searched, sorted and filtered by as soon as they are saved", async () => {
    const own = await storedCollection(context.store, [latentInput(0, 0, 40), latentInput(0, 1, 9), latentInput(1, 0, 100)]);
    const of = { ...query, collectionId: own.id };
    const countsOf = async (change: Partial<typeof query>) =>
      (await listLatents(context, { ...of, ...change })).rows.map(({ fireCount }) => fireCount);
    expect(await countsOf({ labelled: "any" })).toEqual([]);
    expect(await countsOf({ labelled: "none" })).toEqual([100, 40, 9]);
    const label = { module: "layers.0.q_proj", source: "person", score: null } as const;
    await saveLabel(context.store.db, subjectOf(own), { ...label, index: 1, text: "Cups", note: "seen" });
    await saveLabel(context.store.db, subjectOf(own), { ...label, index: 0, text: "acorns", note: "" });
    expect(await countsOf({ labelled: "any", sort: "label", order: "asc" })).toEqual([40, 9]);
    expect(await countsOf({ sort: "label", order: "desc" })).toEqual([9, 40, 100]);
    expect(await countsOf({ search: "cUp" })).toEqual([9]);
    expect(await countsOf({ search: "see" })).toEqual([9]);
    await saveLabel(context.store.db, subjectOf(own), { ...label, module: "layers.1.v_proj", index: 0, text: "", note: "seen too" });
    expect(await countsOf({ search: "SEEN" })).toEqual([100, 9]);
    expect(await countsOf({ labelled: "none" })).toEqual([100]);
    expect(await countsOf({ sort: "label", order: "asc" })).toEqual([40, 9, 100]);
    const [first] = JSON.parse(await gather(await exportLatents(context, of, "json")));
    expect([first.label, first.note]).toEqual([null, "seen too"]);
    await saveLabel(context.store.db, subjectOf(own), { ...label, index: 0, text: "", note: "" });
    expect(await countsOf({ labelled: "any" })).toEqual([9]);
    const shown = await getLatent(context, { module: "layers.0.q_proj", index: 1 }, of);
    expect(shown.label).toMatchObject({ text: "Cups", note: "seen", source: "person", score: null });
    expect(shown.row.label).toEqual({ text: "Cups", source: "person" });

    const controls = [2, 4].map((perFiring, index) => ({ index, delta: 1, perFiring, firings: 3 }));
    const effect = { delta: 1, halfWidth: 1, perFiringHalfWidth: 0.5, rows: 2, labelTokens: 9, firings: 3, byDomain: [], writes: null };
    await saveEffects(context.store.db, own.id, { module: 1, index: 0 }, [
      { ...effect, operation: "ablatePost", perFiring: 0.25, controls },
      { ...effect, operation: "ablatePre", perFiring: 8, controls: [] },
    ]);
    await saveEffects(context.store.db, own.id, { module: 0, index: 1 }, [
      { ...effect, operation: "ablatePost", perFiring: -1, controls: [] },
    ]);
    expect(await countsOf({ sort: "ablation", order: "asc" })).toEqual([9, 100, 40]);
    expect(await countsOf({ sort: "ablation", order: "desc" })).toEqual([100, 9, 40]);
    expect(await countsOf({ ranges: [{ column: "ablation", from: 0, to: null }] })).toEqual([100]);
    const page = await listLatents(context, of);
    expect(latentPage.parse(page)).toEqual(page);
    expect(page.rows[0]?.ablation).toMatchObject({ perFiring: 0.25, halfWidth: 0.5, controlPerFiring: 3 });
    // Student's t of one degree of freedom, 12.706, times the standard error 1.
    expect(page.rows[0]?.ablation?.controlHalfWidth).toBeCloseTo(12.706);
    expect((await getLatent(context, { module: "layers.1.v_proj", index: 0 }, of)).effects.map(({ operation }) => operation)).toEqual([
      "ablatePost",
      "ablatePre",
    ]);
    await saveEffects(context.store.db, own.id, { module: 0, index: 1 }, [
      { ...effect, operation: "ablatePost", perFiring: 1, controls: [] },
    ]);
    expect(await countsOf({ sort: "ablation", order: "desc" })).toEqual([9, 100, 40]);
    const histograms = await listColumnHistograms(context, own.id);
    expect(histograms.find(({ column }) => column === "ablation")?.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});

describe("showExample", () => {
  it("joins bytes of one character, keeps the stronger activation, and counts the peak among what is shown", () => {
    const stored = { context: 0, position: 3, activation: -3, duplicates: 0, from: 2, to: 9 };
    const place = { rank: 4, domains: [], kind: positionKinds.token };
    const example = { ...stored, firingPositions: [1, 3], firingActivations: [0.5, -3] };
    const shown = showExample(
      example,
      {
        context: 0,
        row: 5,
        domain: null,
        texts: ["a", "é", "", "", " z"],
        columns: null,
        leading: null,
        answer: null,
        hasImage: false,
        hasClean: false,
      },
      place,
    );
    expect(shown).toMatchObject({ rank: 4, domain: null, row: 5, position: 3, peak: 0 });
    expect(shown.tokens).toEqual([
      { text: "é", activation: -3 },
      { text: " z", activation: 0 },
    ]);
  });
});

describe("listColumnHistograms", () => {
  it("counts each living latent once in every column", async () => {
    const histograms = await listColumnHistograms(context, collection.id);
    const stored: Readonly<Record<string, unknown>> = latentInput(0, 0, 5);
    expect(histograms.map(({ column }) => column)).toEqual(
      rangeColumns.filter((column) => column !== "ablation" && stored[column] !== null),
    );
    for (const { column, edges, counts } of histograms) {
      expect(edges).toHaveLength(counts.length + 1);
      expect(
        counts.reduce((sum, count) => sum + count, 0),
        column,
      ).toBe(column === "decoderNorm" || column === "rowShare" ? 4 : 3);
    }
    expect(histograms[0]?.scale).toBe("log");
    expect(histograms[0]?.edges[0]).toBeCloseTo(0.007);
    expect(histograms[0]?.edges.at(-1)).toBeCloseTo(0.1);
    expect(histograms[1]?.scale).toBe("linear");
  });

  it("has the whole column between its first and last edge", async () => {
    for (const { column, edges, counts } of await listColumnHistograms(context, collection.id)) {
      const ranges = [{ column, from: edges[0] ?? null, to: edges.at(-1) ?? null }];
      expect((await listLatents(context, { ...query, ranges })).total, column).toBe(counts.reduce((sum, count) => sum + count, 0));
    }
  });
});

describe("exportLatents", () => {
  it("writes CSV with quoted tokens, and JSON that reads back", async () => {
    const csv = await gather(await exportLatents(context, { ...query, layerTo: 0 }, "csv"));
    const lines = csv.trimEnd().split("\r\n");
    expect(lines[0]).toBe(
      "module,index,fireCount,tokens,density,meanActivation,maxActivation,minActivation,selectivity,topDomain,topTokens,layer,projection," +
        "meanSquare,skewness,outputShare,decoderNorm,attribution,attributionCount,selectivityLow,selectivityHigh,bornAtStep,diedAtStep," +
        "ablation,ablationHalfWidth,controlAblation,controlAblationHalfWidth,label,labelSource,note,topTokensError,rowShare,specificShare,weightNorm,positiveTail,negativeTail,fireCount sea,fireCount land",
    );
    expect(lines[2]).toContain('"say ""hi"""');
    expect(lines[3]).toBe("layers.0.q_proj,1,0,1000,0,,,,,,,0,q_proj,,,,1,,0,,,,,,,,,,,,,0,,,,,0,0");
    const json = JSON.parse(await gather(await exportLatents(context, { ...query, layerTo: 0 }, "json")));
    expect(json.map(({ fireCount }: { fireCount: number }) => fireCount)).toEqual([40, 7, 0]);
    expect(JSON.parse(await gather(await exportLatents(context, { ...query, search: "nothing" }, "json")))).toEqual([]);
  });
});
