import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { downloadZip } from "client-zip";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataRow } from "@/server/files/data/data-row";
import { decodeImage } from "@/server/files/images/decode-image";
import { imageOf, openImageData } from "@/server/files/images/image-data";
import { fixturesFolder, references } from "@/tests/support/fixtures";

const golden = "tests/golden/images";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stanscope-images-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, image = "grey.png"): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  cpSync(join(golden, image), join(folder, name));
}

async function rowsOf(path: string, options?: { columns?: string[]; withBytes?: boolean }): Promise<DataRow[]> {
  const rows: DataRow[] = [];
  for await (const row of (await openImageData(path)).rows(options)) rows.push(row);
  return rows;
}

async function zipOf(names: Readonly<Record<string, string>>): Promise<string> {
  const files = Object.entries(names).map(([name, image]) => ({ name, input: readFileSync(join(golden, image)) }));
  const path = join(folder, "images.zip");
  writeFileSync(path, new Uint8Array(await downloadZip(files).arrayBuffer()));
  return path;
}

describe("a folder of images", () => {
  it("has a row for each, labelled by its folder", async () => {
    put("dogs/a.png");
    put("cats/b.jpg", "grey.jpg");
    put("cats/.hidden.png");
    writeFileSync(join(folder, "LICENSE.txt"), "as you like");
    expect(await rowsOf(folder)).toEqual([
      { image: { path: "cats/b.jpg", bytes: "599 bytes" }, label: "cats" },
      { image: { path: "dogs/a.png", bytes: "536 bytes" }, label: "dogs" },
    ]);
    expect(await openImageData(folder)).toMatchObject({ format: "jpg, png", sizeBytes: 1135 });
  });

  it("is split by its outermost folders where one is called train", async () => {
    for (const name of ["train/a/1.png", "train/b/2.png", "test/b/3.png"]) put(name);
    expect(await rowsOf(folder, { columns: ["label", "split"] })).toEqual([
      { label: "b", split: "test" },
      { label: "a", split: "train" },
      { label: "b", split: "train" },
    ]);
  });

  it("takes columns from metadata", async () => {
    put("a.png");
    put("more/b.png");
    writeFileSync(join(folder, "metadata.csv"), "file_name,label,style\nmore/b.png,ball,flat\na.png,apple,round\n");
    expect(await rowsOf(folder, { columns: ["label", "style"] })).toEqual([
      { label: "apple", style: "round" },
      { label: "ball", style: "flat" },
    ]);
  });

  it.each([
    ["names an image that is missing", "file_name,label\na.png,x\nb.png,y\n", 'names the image "b.png", which is not in the folder'],
    ["leaves one out", "file_name,label\n", 'has no line for the image "a.png"'],
    ["names none", "file,label\na.png,x\n", 'a line has no "file_name"'],
  ])("is refused where metadata %s", async (_, metadata, problem) => {
    put("a.png");
    writeFileSync(join(folder, "metadata.csv"), metadata);
    await expect(rowsOf(folder)).rejects.toThrow(`metadata.csv: ${problem}`);
  });

  it("gives bytes where they are wanted", async () => {
    put("x/a.png");
    const [row = {}] = await rowsOf(folder, { columns: ["image"], withBytes: true });
    const dataSet = await openImageData(folder);
    const { path, bytes } = imageOf(dataSet, row, "image", "row 0");
    expect(path).toBe("x/a.png");
    expect(Buffer.from(bytes)).toEqual(readFileSync(join(golden, "grey.png")));
    expect(() => imageOf(dataSet, row, "label", "row 0")).toThrow('row 0: column "label" holds no image');
  });

  it("has a hash that changes with an image and with its name", async () => {
    put("x/a.png");
    const hash = async () => (await openImageData(folder)).contentHash();
    const first = await hash();
    expect(await hash()).toBe(first);
    put("x/a.png", "grey.jpg");
    const second = await hash();
    rmSync(join(folder, "x"), { recursive: true });
    put("y/a.png", "grey.jpg");
    expect(new Set([first, second, await hash()]).size).toBe(3);
  });

  it("without images is read as a folder of tables", async () => {
    writeFileSync(join(folder, "train.jsonl"), '{"text":"a"}\n');
    expect(await rowsOf(folder)).toEqual([{ text: "a", split: "train" }]);
  });
});

describe("a zip archive of images", () => {
  it("reads as the folder does", async () => {
    const path = await zipOf({ "cats/b.jpg": "grey.jpg", "dogs/a.png": "grey.png", "__MACOSX/dogs/a.png": "grey.png" });
    const rows = await rowsOf(path, { columns: ["image", "label"], withBytes: true });
    expect(rows.map(({ label }) => label)).toEqual(["cats", "dogs"]);
    const { bytes } = imageOf(await openImageData(path), rows[1] ?? {}, "image", "row 1");
    expect(await decodeImage("a.png", bytes)).toMatchObject({ height: 29, width: 18 });
  });

  it("is refused without an image, with metadata, and where it is no archive", async () => {
    writeFileSync(
      join(folder, "text.zip"),
      await text(downloadZip([{ name: "a.txt", input: "a" }]).body ?? new ReadableStream()),
      "latin1",
    );
    await expect(openImageData(await zipOf({ "make.py": "make.py" }))).rejects.toThrow("contains no image");
    await expect(openImageData(await zipOf({ "a.png": "grey.png", "metadata.csv": "make.py" }))).rejects.toThrow("unpack the archive");
    writeFileSync(join(folder, "no.zip"), "no archive");
    await expect(openImageData(join(folder, "no.zip"))).rejects.toThrow("no.zip: is not a complete zip archive");
    await expect(openImageData(join(folder, "missing.zip"))).rejects.toThrow("no such file or folder");
  });

  it("is refused where it is truncated or damaged", async () => {
    const path = await zipOf({ "a.png": "colour.png" });
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length - 30));
    await expect(openImageData(path)).rejects.toThrow("images.zip: is not a complete zip archive");
  });
});

describe("a Parquet file with images", () => {
  it("gives their bytes, or their length in words, and text of old writers as text", async () => {
    const image = new Uint8Array(readFileSync(join(golden, "grey.png")));
    const label = new TextEncoder().encode("café");
    const path = join(folder, "images.parquet");
    const columnData = [
      { name: "image", data: [image], type: "BYTE_ARRAY" as const },
      { name: "label", data: [label], type: "BYTE_ARRAY" as const },
    ];
    writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData })));
    expect(await rowsOf(path)).toEqual([{ image: "536 bytes", label: "café" }]);
    expect(await rowsOf(path, { withBytes: true })).toEqual([{ image: image, label: "café" }]);
    const [row = {}] = await rowsOf(path, { withBytes: true });
    expect(imageOf(await openImageData(path), row, "image", "row 0")).toEqual({ path: null, bytes: image });
  });
});

describe.runIf(fixturesFolder)("the fixtures' images", references, () => {
  it("are rows of Parquet files", async () => {
    const path = join(fixturesFolder ?? "", "images/emoji/noto-32.parquet");
    const [row = {}] = await rowsOf(path, { withBytes: true });
    const { bytes } = imageOf(await openImageData(path), row, "image", "row 0");
    expect(await decodeImage("row 0", bytes)).toMatchObject({ height: 32, width: 32, channels: 3 });
    const [shown = {}] = await rowsOf(path);
    expect(shown["image"]).toMatchObject({ bytes: `${bytes.length} bytes` });
  });
});
