import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import { type ImageArm, type ImageEvent, type MakeImagesInput, makeImagesRequest } from "@/lib/contract/make-images";
import { makeImages } from "@/server/services/work/make-images";
import { ditModule, importDiffusionRun, TINY_DIT_PATCHES } from "@/tests/support/diffusion-run";
import { importRedRun } from "@/tests/support/red-patches";
import { freshContext } from "@/tests/support/service-context";
import { startWorker } from "@/tests/support/worker-process";

const context = await freshContext();
const { store, dataFolder } = context;
const latent = { module: ditModule, index: 3 };
const clamp = (value: number, changes: Partial<Edit> = {}): Edit =>
  ({ operation: "clamp", latent, value, isOn: true, scope: "all", ...changes }) as Edit;

async function made(run: string, request: MakeImagesInput, signal = new AbortController().signal): Promise<ImageEvent[]> {
  const events: ImageEvent[] = [];
  const asked = makeImagesRequest.parse({ steps: 4, ...request });
  for await (const event of await makeImages(context, run, asked, signal)) events.push(event);
  return events;
}

function imagesOf(events: readonly ImageEvent[], arm: ImageArm) {
  const found = events.find((event) => event.kind === "images" && event.arm === arm);
  if (found?.kind !== "images") throw new Error(`no images of ${arm}: ${JSON.stringify(events.at(-1))}`);
  return found.images;
}

describe("a diffusion model's pictures", () => {
  it("are made by base model, adapter and edits from one noise; with edits off the edited are the adapter's bit for bit", async () => {
    await startWorker(store.url, dataFolder);
    const run = await importDiffusionRun(context);
    const request = { class: "blue", seed: 5, images: 2, guidance: 1.5 };
    const off = await made(run, { ...request, edits: [clamp(20, { isOn: false })] });
    expect(off.map(({ kind }) => kind)).toEqual([
      ...["loading", "start"],
      ...["step", "step", "step", "step", "images"],
      ...["step", "step", "step", "step", "images"],
      ...["step", "step", "step", "step", "images", "end"],
    ]);
    expect(off.find(({ kind }) => kind === "start")).toEqual({ kind: "start", class: "blue", columns: 4, steps: 12 });
    const [base, adapter, edited] = (["base", "adapter", "edited"] as const).map((arm) => imagesOf(off, arm));
    expect(edited?.map(({ image }) => image)).toEqual(adapter?.map(({ image }) => image));
    expect(edited?.map(({ change }) => change)).toEqual(
      [0, 1].map(() => ({ from: "adapter", mean: 0, patches: new Array(TINY_DIT_PATCHES).fill(0) })),
    );
    expect(base?.every(({ change }) => change === null)).toBe(true);
    expect(base?.[0]?.image).not.toBe(base?.[1]?.image);

    // What an adapter's change is, is seen in the pictures themselves.
    const pixelsOf = async (webp = "") => sharp(Buffer.from(webp, "base64")).raw().toBuffer();
    const [before, after] = await Promise.all([pixelsOf(base?.[0]?.image), pixelsOf(adapter?.[0]?.image)]);
    expect(before).toHaveLength(8 * 8 * 3);
    const apart = [...before].map((value, at) => Math.abs(value - (after[at] ?? 0)));
    expect(adapter?.[0]?.change?.from).toBe("base");
    expect(adapter?.[0]?.change?.mean).toBeCloseTo(apart.reduce((sum, one) => sum + one, 0) / apart.length, 9);
    const lastPatch = apart.filter((_, at) => Math.floor(at / 24) >= 6 && Math.floor((at % 24) / 3) >= 6);
    expect(adapter?.[0]?.change?.patches.at(-1)).toBeCloseTo(lastPatch.reduce((sum, one) => sum + one, 0) / 12, 9);
    expect(apart.some((one) => one > 0)).toBe(true);

    // The same noise whatever is edited, and another for another seed.
    const on = await made(run, { ...request, edits: [clamp(20)] });
    expect(imagesOf(on, "base")).toEqual(base);
    expect(imagesOf(on, "adapter")).toEqual(adapter);
    expect(imagesOf(on, "edited")[0]?.change?.mean).toBeGreaterThan(0);
    expect(imagesOf(await made(run, { ...request, seed: 6, arms: ["base"] }), "base")[0]?.image).not.toBe(base?.[0]?.image);
  });

  it("are edited at some patches or time steps, and over doses", async () => {
    await startWorker(store.url, dataFolder);
    const run = await importDiffusionRun(context);
    const editedBy = async (edit: Edit, more: MakeImagesInput = {}) => imagesOf(await made(run, { edits: [edit], ...more }), "edited")[0];
    const [all, some, early, never] = [
      await editedBy(clamp(20)),
      await editedBy(clamp(20, { scope: { from: 0, to: 3 } })),
      await editedBy(clamp(20), { editedTimesteps: { from: 40, to: 59 } }),
      await editedBy(clamp(20), { editedTimesteps: { from: 58, to: 58 } }),
    ];
    expect(new Set([all, some, early].map((one) => one?.image)).size).toBe(3);
    expect(some?.change?.mean).toBeGreaterThan(0);
    expect(never?.change?.mean).toBe(0);

    const dosed = await made(run, { edits: [clamp(1, { isOn: false })], arms: ["adapter"], dose: { edit: 0, values: [20, 0] } });
    const doses = dosed.flatMap((event) => (event.kind === "dose" ? [event] : []));
    expect(doses.map(({ value }) => value)).toEqual([20, 0]);
    expect(doses[0]?.image).toEqual(all);
    expect(doses[1]?.image.image).not.toBe(all?.image);
  });

  it("stop when their reader goes, and leave the worker free", async () => {
    await startWorker(store.url, dataFolder);
    const run = await importDiffusionRun(context);
    const stop = new AbortController();
    const asked = makeImagesRequest.parse({ steps: 60, images: 8 });
    let steps = 0;
    for await (const event of await makeImages(context, run, asked, stop.signal).catch(() => [])) {
      if (event.kind === "step" && ++steps === 3) stop.abort();
    }
    expect(steps).toBeLessThan(60);
    expect((await made(run, { arms: ["base"] })).at(-1)?.kind).toBe("end");
  });

  it("are refused with what to do", async () => {
    await startWorker(store.url, dataFolder);
    const run = await importDiffusionRun(context);
    await expect(made(run, { edits: [clamp(1, { latent: { module: ditModule, index: 6 } } as Partial<Edit>)] })).rejects.toMatchObject({
      field: expect.stringContaining("edits"),
    });
    const ablated: Edit = { operation: "ablatePost", latent, isOn: true, scope: "all" };
    await expect(made(run, { edits: [ablated], dose: { edit: 0, values: [1] } })).rejects.toThrow(/edit with a value/);
    await expect(made(run, { editedTimesteps: { from: 9, to: 3 } })).rejects.toThrow(/empty range/);
    await expect(made(await importRedRun(context), {})).rejects.toThrow(/adapts no diffusion model/);
    expect(await made(run, { class: "pink" })).toContainEqual({
      kind: "error",
      message: '"pink" is not one of the model\'s classes: red, blue, green, grey',
    });
    expect((await made(run, { steps: 61 })).at(-1)?.kind).toBe("error");
  });
});
