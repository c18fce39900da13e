import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import { mostPictureBytes, type PictureSource, type ReadPictureInput, readPictureRequest } from "@/lib/contract/read-picture";
import { readTextRequest, type TextAnswer, type TextEvent } from "@/lib/contract/read-text";
import { readDataSet } from "@/server/db/library/data-sets";
import { readRun } from "@/server/db/runs/runs";
import { readPicture } from "@/server/services/work/read-picture";
import { readText } from "@/server/services/work/read-text";
import { importRedRun, redLatent, redModule } from "@/tests/support/red-patches";
import { redPictures } from "@/tests/support/red-pictures";
import { freshContext } from "@/tests/support/service-context";
import { startWorker } from "@/tests/support/worker-process";

const context = await freshContext();
const { store, dataFolder } = context;
const signal = new AbortController().signal;
const latent = { module: redModule, index: redLatent };
const ablated: Edit = { operation: "ablatePost", latent, isOn: true, scope: "all" };

type Kind<K extends TextEvent["kind"]> = Extract<TextEvent, { kind: K }>;

async function read(run: string, request: ReadPictureInput): Promise<TextEvent[]> {
  const events: TextEvent[] = [];
  for await (const event of await readPicture(context, run, readPictureRequest.parse(request), signal)) events.push(event);
  return events;
}

function eventOf<K extends TextEvent["kind"]>(events: readonly TextEvent[], kind: K): Kind<K> {
  const found = events.find((event): event is Kind<K> => event.kind === kind);
  if (found === undefined) throw new Error(`no event ${kind}: ${JSON.stringify(events.at(-1))}`);
  return found;
}

const scoresOf = (answer: TextAnswer) => (answer.kind === "classes" ? answer.classes.map(({ score }) => score) : [answer.value]);
const bestOf = (answer: TextAnswer) =>
  answer.kind === "classes" ? answer.classes.reduce((best, one) => (one.score > best.score ? one : best)).label : null;
const rowOf = (name: string) => ({ kind: "row" as const, row: redPictures.findIndex((picture) => picture.name === name) });

describe("a picture is steered", () => {
  let run: string;
  let folder: string;

  async function prepare(): Promise<void> {
    run = await importRedRun(context);
    const dataSetId = (await readRun(store.db, run))?.dataSetId ?? "";
    folder = (await readDataSet(store.db, dataSetId))?.path ?? "";
    await startWorker(store.url, dataFolder);
  }
  const answersOf = async (picture: PictureSource, edits: Edit[]) =>
    eventOf(await read(run, { picture, attribution: false, edits }), "answers");

  it("by its latents, at all of its patches or at some, beside base model and adapter", async () => {
    await prepare();
    const picture = rowOf("red/0.png");
    const events = await read(run, { picture, edits: [ablated] });
    expect(events.map(({ kind }) => kind)).toEqual(["tokens", "answers", "module", "end"]);
    const tokens = eventOf(events, "tokens");
    expect(tokens).toMatchObject({
      modules: 1,
      isTruncated: false,
      attributedTo: "red",
      picture: { grid: { columns: 3, leading: 1 }, label: "red" },
    });
    expect(tokens.tokens).toHaveLength(10);
    const { data, info } = await sharp(Buffer.from(tokens.picture?.image ?? "", "base64"))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([15, 15]);
    expect([...data.subarray(3 * (15 * 7 + 7), 3 * (15 * 7 + 7) + 3)]).toEqual([255, 0, 0]);

    const { base, adapter, edited, alone, injectedNorms, constant } = eventOf(events, "answers");
    expect([bestOf(base), bestOf(adapter), bestOf(edited), constant]).toEqual(["plain", "red", "plain", null]);
    // Nothing else writes: without its latent the adapter is the base model, bit for bit.
    expect(edited).toEqual(base);
    expect(alone).toEqual([{ edit: 0, answer: edited }]);
    expect(injectedNorms.flatMap((norm, position) => (norm === 0 ? [] : [position]))).toEqual([5]);

    const off = await answersOf(picture, [{ ...ablated, isOn: false }]);
    expect(scoresOf(off.edited)).toEqual(scoresOf(off.adapter));
    expect(off.adapter).toEqual(adapter);
    expect((await answersOf(picture, [])).edited).toEqual(adapter);

    const elsewhere = await answersOf(picture, [{ ...ablated, scope: { from: 0, to: 4 } }]);
    expect(elsewhere.edited).toEqual(adapter);
    const there = await answersOf(picture, [{ ...ablated, scope: { from: 5, to: 5 } }]);
    expect(there.edited).toEqual(base);

    const plain = rowOf("plain/0.png");
    for (const edit of [
      { operation: "clamp", value: 2 },
      { operation: "add", value: 2 },
    ] as const) {
      const made = await answersOf(plain, [{ ...edit, latent, isOn: true, scope: { from: 5, to: 5 } }]);
      expect([bestOf(made.adapter), bestOf(made.edited)]).toEqual(["plain", "red"]);
    }
    const halved = await answersOf(picture, [{ operation: "scale", value: 0.5, latent, isOn: true, scope: "all" }]);
    const [, whole = 0] = scoresOf(halved.adapter);
    const [, half = 0] = scoresOf(halved.edited);
    const [, none = 0] = scoresOf(halved.base);
    expect(half).toBeGreaterThan(none);
    expect(half).toBeLessThan(whole);

    const dose = { latent, operation: "clamp" as const, values: [0, 1, 2], controls: 2 };
    const curve = eventOf(await read(run, { picture: plain, attribution: false, edits: [], dose }), "dose");
    const reds = curve.points.map(({ answer }) => scoresOf(answer)[1] ?? 0);
    expect(reds).toEqual(reds.toSorted((a, b) => a - b));
    expect(reds[2]).toBeGreaterThan(reds[0] ?? 0);
  });

  it("from a file as from a row of the data, and named where it cannot be read", async () => {
    await prepare();
    const bytes = readFileSync(join(folder, "red/1.png"));
    const file = (name: string, data: Buffer) => ({ kind: "file" as const, name, data: data.toString("base64") });
    const [fromFile, fromRow] = [await answersOf(file("red.png", bytes), [ablated]), await answersOf(rowOf("red/1.png"), [ablated])];
    expect(fromFile).toEqual(fromRow);
    const messageOf = async (picture: PictureSource) => eventOf(await read(run, { picture, edits: [] }), "error").message;
    expect(await messageOf(file("cut.png", bytes.subarray(0, 60)))).toMatch(/^cut\.png: is not a complete PNG, JPEG or WebP image/);
    expect(await messageOf(file("still.gif", readFileSync("tests/golden/images/still.gif")))).toContain("still.gif: is a GIF file");
    expect(await messageOf(file("bomb.png", readFileSync("tests/golden/images/bomb.png")))).toContain("bomb.png: has");
    expect(await messageOf({ kind: "row", row: 99 })).toMatch(/row 99/);
    writeFileSync(join(folder, "red/2.png"), bytes.subarray(0, 60));
    expect(await messageOf(rowOf("red/2.png"))).toContain("red/2.png");
  });
});

describe("a picture that is sent to be steered is refused", () => {
  let run: string;
  const refusal = (request: ReadPictureInput) => read(run, request);

  it("before a worker is asked, where it or its edits do not fit", async () => {
    run = await importRedRun(context);
    const picture = rowOf("red/0.png");
    await expect(refusal({ picture, edits: [{ ...ablated, latent: { ...latent, index: 6 } }] })).rejects.toMatchObject({
      field: "edits.0.latent",
      message: expect.stringContaining("no latent 6"),
    });
    await expect(refusal({ picture: { ...picture, collectionId: "other" } })).rejects.toMatchObject({ code: "notFound" });
    const large = { kind: "file" as const, name: "large.png", data: Buffer.alloc(mostPictureBytes + 1).toString("base64") };
    await expect(refusal({ picture: large })).rejects.toMatchObject({ code: "tooLarge", message: expect.stringContaining("large.png") });
    await expect(readText(context, run, readTextRequest.parse({ text: "red" }), signal)).rejects.toMatchObject({
      message: expect.stringContaining("/picture"),
    });
  });
});
