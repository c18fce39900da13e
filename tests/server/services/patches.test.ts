import sharp from "sharp";
import { expect, it } from "vitest";
import { latentContext, latentDetail, latentQuery } from "@/lib/contract/latent";
import { readCollection } from "@/server/db/latents/collections";
import { beginLoad, copyContexts, copyExamples, copyLatents, finishCollection } from "@/server/db/latents/load-collection";
import { previewExplanation } from "@/server/services/explainer/explain-latent";
import { exportCollection } from "@/server/services/interop/export-collection";
import { getCircuitTracerFeature } from "@/server/services/interop/get-feature";
import { getContext } from "@/server/services/latents/get-context";
import { getContextImage } from "@/server/services/latents/get-context-image";
import { getLatent } from "@/server/services/latents/get-latent";
import { listLatents } from "@/server/services/latents/list-latents";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, queuedCollection } from "@/tests/support/stored-collection";

const context = await freshContext();
const { store } = context;
const positionKind = "patch";
const collection = await queuedCollection(store);
const where = { collectionId: collection.id, module: "layers.0.q_proj", index: 0 };
const query = latentQuery.parse({ collectionId: collection.id });

/** An image of 2 × 3 patches after a class token; the latent fires at the middle patch of the second row, and its window begins with the first patch. */
const webp = await sharp({ create: { width: 6, height: 4, channels: 3, background: "red" } })
  .webp()
  .toBuffer();
const image = {
  ...{ context: 0, row: 11, domain: 0, tokenIds: [], texts: new Array<string>(7).fill("") },
  ...{ grid: { columns: 3, leading: 1 }, answer: "wren", image: webp },
};
const bare = { context: 1, row: 12, domain: null, tokenIds: [], texts: new Array<string>(6).fill(""), grid: { columns: 3, leading: 0 } };
const example = {
  context: 0,
  position: 5,
  activation: 2,
  duplicates: 0,
  from: 1,
  to: 7,
  firingPositions: [4, 5],
  firingActivations: [1, 2],
};
await store.pool.query("UPDATE collections SET position_kind = $1 WHERE id = $2", [positionKind, collection.id]);
await beginLoad(store, collection.id);
await copyLatents(store, collection.id, [{ ...latentInput(0, 0, 40), topTokens: [], nextTokens: [] }]);
await copyContexts(store, collection.id, [image, bare]);
await copyExamples(store, collection.id, [{ module: 0, index: 0, top: [example], bands: [] }]);
const module = { name: where.module, layer: 0, projection: "q_proj", numLatents: 1, dead: 0, alwaysOn: 0, colourMax: 4 };
const unknown = { updateNorm: null, frozenNorm: null, updateRange: null, meanAbsAttribution: null };
await finishCollection(store, collection, {
  positions: 1000,
  contexts: 1,
  domains: [{ name: "birds", tokens: 1000 }],
  modules: [{ ...module, ...unknown }],
  numLatents: 1,
  k: 2,
  seconds: 1,
  probes: [],
  coFiringSampled: 0,
  trainingSteps: [],
});

it("stores a collection of patches, and reads their windows position by position with the grid's columns", async () => {
  expect(await readCollection(store.db, collection.id)).toMatchObject({ positionKind, positions: 1000 });
  const latent = await getLatent(context, where, query);
  expect(latent).toMatchObject({ positionKind, tokens: 1000, row: { fireCount: 40, density: 0.04, topTokens: [] }, nextTokens: [] });
  expect(latent.examples).toMatchObject([{ position: 5, peak: 4, grid: image.grid, answer: "wren", hasImage: true }]);
  expect(latent.examples[0]?.tokens.map(({ activation }) => activation)).toEqual([0, 0, 0, 1, 2, 0]);
  expect(latentDetail.parse(latent)).toEqual(latent);
  expect((await listLatents(context, query)).rows).toHaveLength(1);
});

it("reads a whole image, without activations outside the windows", async () => {
  const whole = await getContext(context, { ...where, context: 0 });
  expect(whole).toMatchObject({ row: 11, domain: "birds", grid: image.grid, answer: "wren", hasImage: true });
  expect(whole.tokens.map(({ activation }) => activation)).toEqual([null, 0, 0, 0, 1, 2, 0]);
  expect(latentContext.parse(whole)).toEqual(whole);
});

it("gives the image of a context as it was stored, and says so where there is none", async () => {
  const imageOf = (number: string) => getContextImage(context, { collectionId: collection.id, context: number });
  expect(Buffer.from(await imageOf("0")).equals(webp)).toBe(true);
  for (const other of ["1", "2", "-1", "0.5", "0x0", "2147483648", "9999999999999", "../0", "", "NaN", "'; DROP TABLE contexts; --"]) {
    await expect(imageOf(other), other).rejects.toMatchObject({ code: "notFound" });
  }
});

it("is not explained by a model that reads text", async () => {
  await expect(previewExplanation(context, collection.id, where)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("write the label by hand"),
  });
});

it("refuses formats that hold tokens", async () => {
  const refusal = { code: "conflict", message: expect.stringContaining("positions of this collection are patches") };
  await expect(exportCollection(context, collection.id, "neuronpedia")).rejects.toMatchObject(refusal);
  await expect(getCircuitTracerFeature(context, collection.id, where)).rejects.toMatchObject(refusal);
});

it("sorts selectivity by what is certain over images, not over their patches", async () => {
  const sorted = await queuedCollection(store);
  await store.pool.query("UPDATE collections SET position_kind = $1 WHERE id = $2", [positionKind, sorted.id]);
  await beginLoad(store, sorted.id);
  const latentOf = (index: number, selectivity: number, rowShare: number) => ({
    ...latentInput(0, index, 900),
    ...{ topTokens: [], nextTokens: [], selectivity, rowShare, domainRows: [index, 0], classRows: [2 * index] },
  });
  // The first fires at all its patches in two images, the second in fifty of a hundred.
  await copyLatents(store, sorted.id, [latentOf(0, 0.9, 0.02), latentOf(1, 0.8, 0.5)]);
  await copyContexts(store, sorted.id, [image]);
  await copyExamples(store, sorted.id, []);
  await finishCollection(store, sorted, {
    positions: 10_000,
    contexts: 1,
    domains: [
      { name: "birds", tokens: 6000, rows: 60 },
      { name: "boats", tokens: 4000, rows: 40 },
    ],
    classes: [{ name: "wren", rows: 7 }],
    modules: [{ ...module, ...unknown, numLatents: 2 }],
    numLatents: 2,
    k: 2,
    seconds: 1,
    probes: [],
    coFiringSampled: 0,
    trainingSteps: [],
  });
  const order = async (sort: "selectivity" | "selectivityShare") =>
    (await listLatents(context, latentQuery.parse({ collectionId: sorted.id, sort }))).rows.map(({ index }) => index);
  expect([await order("selectivity"), await order("selectivityShare")]).toEqual([
    [1, 0],
    [0, 1],
  ]);
  const latent = await getLatent(context, { ...where, index: 1 }, latentQuery.parse({ collectionId: sorted.id }));
  expect(latent.domains.map(({ images }) => images)).toEqual([
    { fired: 1, of: 60 },
    { fired: 0, of: 40 },
  ]);
  expect(latent.classes).toEqual([{ name: "wren", images: { fired: 2, of: 7 } }]);
});
