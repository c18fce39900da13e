import sharp from "sharp";
import { expect, it } from "vitest";
import { startCollectionRequest } from "@/lib/contract/api";
import { type CollectionSummary, latentQuery } from "@/lib/contract/latent";
import { wilsonInterval } from "@/lib/numbers/intervals";
import { listCollections } from "@/server/db/latents/collections";
import { getContext } from "@/server/services/latents/get-context";
import { getContextImage } from "@/server/services/latents/get-context-image";
import { getLatent } from "@/server/services/latents/get-latent";
import { listLatents } from "@/server/services/latents/list-latents";
import { startCollection } from "@/server/services/latents/start-collection";
import { importRedRun, redLatent, redModule } from "@/tests/support/red-patches";
import { redPatchesOf, redPictures } from "@/tests/support/red-pictures";
import { freshContext } from "@/tests/support/service-context";
import { eventually, startWorker } from "@/tests/support/worker-process";

const context = await freshContext();
const { store } = context;

/** A collection of the adapter over the pictures, by a worker. */
async function collected(): Promise<CollectionSummary> {
  const run = await importRedRun(context);
  await startWorker(store.url, context.dataFolder);
  await startCollection(context, run, startCollectionRequest.parse({ split: "all" }));
  return eventually("the collection is finished", async () => {
    const [summary] = await listCollections(store.db, run);
    if (summary?.status === "failed") throw new Error(summary.error ?? "failed");
    return summary?.status === "finished" ? summary : undefined;
  });
}

/** Mean of a stored picture's pixels in one of its patches: red, green and blue. */
async function colourAt(webp: Uint8Array, patch: number): Promise<number[]> {
  const place = { left: 5 * (patch % 3), top: 5 * Math.floor(patch / 3), width: 5, height: 5 };
  const pixels = await sharp(webp).removeAlpha().extract(place).raw().toBuffer();
  return [0, 1, 2].map((channel) => pixels.reduce((sum, value, at) => (at % 3 === channel ? sum + value : sum), 0) / 25);
}

it("finds the latent that fires on red patches, and shows it at them", async () => {
  const collection = await collected();
  const query = latentQuery.parse({ collectionId: collection.id });
  const latentAt = (index: number) => getLatent(context, { module: redModule, index }, query);
  const alive = (await listLatents(context, query)).rows.filter(({ fireCount }) => fireCount > 0);
  const latents = await Promise.all(alive.map(({ index }) => latentAt(index)));
  const ofRed = latents.filter(({ examples }) => examples.every(({ answer }) => answer === "red"));
  expect(ofRed.map(({ row }) => row.index)).toEqual([redLatent]);
  const [latent] = ofRed;
  if (latent === undefined) throw new Error("no latent fires in red pictures alone");

  const redOnes = redPictures.filter((picture) => redPatchesOf(picture).length > 0);
  const numRed = redPictures.reduce((sum, picture) => sum + redPatchesOf(picture).length, 0);
  expect(latent.row).toMatchObject({ fireCount: numRed, density: numRed / (10 * redPictures.length) });
  expect(latent.row.rowShare).toBeCloseTo(redOnes.length / redPictures.length, 6);

  // The strongest first: those with a bright patch, then the one that has but a dull one.
  expect(latent.examples.map(({ row }) => redPictures[row]?.name)).toEqual(["red/0.png", "red/1.png", "red/3.png", "red/2.png"]);
  const [brightest, dull] = [latent.examples[0]?.activation ?? 0, latent.examples.at(-1)?.activation ?? 0];
  expect(latent.examples.map(({ activation }) => activation)).toEqual([brightest, brightest, brightest, dull]);
  expect(dull).toBeLessThan(0.6 * brightest);
  expect(latent.colourMax).toBe(brightest);
  for (const example of latent.examples) {
    const picture = redPictures[example.row] ?? { name: "", style: "", patches: {} };
    // Position 0 is the class token's.
    const fired = example.tokens.flatMap(({ activation }, place) =>
      activation === 0 ? [] : [example.position - example.peak + place - 1],
    );
    expect(fired, picture.name).toEqual(redPatchesOf(picture));
    expect(redPatchesOf(picture)).toContain(example.position - 1);
    const webp = await getContextImage(context, { collectionId: collection.id, context: String(example.context) });
    for (const patch of fired) {
      const [red = 0, green = 0, blue = 0] = await colourAt(webp, patch);
      expect(red - Math.max(green, blue)).toBeGreaterThan(100);
    }
    const whole = await getContext(context, {
      ...{ collectionId: collection.id, module: redModule, index: redLatent },
      context: example.context,
    });
    expect(whole).toMatchObject({ row: example.row, answer: "red", tokens: example.tokens });
  }
  const samples = latent.bands.flatMap(({ examples }) => examples);
  expect(samples.length).toBeGreaterThan(0);
  for (const { row, position } of samples)
    expect(redPatchesOf(redPictures[row] ?? { name: "", style: "", patches: {} })).toContain(position - 1);
  expect(latent.quiet.length).toBeGreaterThan(0);
  for (const { row } of latent.quiet) expect(redPictures[row]?.name).toMatch(/^plain/);

  // Images are counted by class and by style, however many of their patches fire.
  expect(collection.domains).toEqual([
    { name: "drawn", tokens: 60, rows: 6 },
    { name: "photo", tokens: 20, rows: 2 },
  ]);
  expect(latent.classes).toEqual([
    { name: "plain", images: { fired: 0, of: 4 } },
    { name: "red", images: { fired: 4, of: 4 } },
  ]);
  expect(latent.domains).toEqual([
    { name: "drawn", fireCount: 6, tokens: 60, images: { fired: 3, of: 6 } },
    { name: "photo", fireCount: 1, tokens: 20, images: { fired: 1, of: 2 } },
  ]);
  // The class token's place comes first.
  const firedAt = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((patch) => redPictures.filter((picture) => redPatchesOf(picture).includes(patch)).length);
  expect(latent.places).toEqual({ grid: { columns: 3, leading: 1 }, fired: [0, ...firedAt], of: redPictures.length });
  const selectivity = 6 / 60 / (6 / 60 + 1 / 20);
  expect(latent.row).toMatchObject({ topDomain: "drawn", selectivity, selectivityInterval: wilsonInterval(selectivity, 4) });
});
