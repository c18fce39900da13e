import { readFileSync } from "node:fs";
import { join } from "node:path";
import { downloadZip } from "client-zip";
import { parquetWriteBuffer } from "hyparquet-writer";
import { imageOf, openImageData } from "@/server/files/images/image-data";
import { readImageProcessor } from "@/server/files/images/image-processor";
import { prepareImage } from "@/server/files/images/prepare-image";
import type { FileReader, Files } from "./files";

const golden = "tests/golden/images";
const images = [
  "colour.png",
  "clear-palette.png",
  "bilevel.png",
  "grey-clear.png",
  "subsampled.jpg",
  "turned.jpg",
  "lossy.webp",
  "clear.webp",
];
const processors: Record<string, unknown> = JSON.parse(readFileSync(join(golden, "processors.json"), "utf8"));
const preparation = "preprocessor_config.json";

function settings(name: string): Files {
  return { [`model/${preparation}`]: Buffer.from(JSON.stringify(processors[name])) };
}

function image(name: string): Buffer {
  return readFileSync(join(golden, name));
}

/** Prepares every image. */
async function readImages(path: string, model: string): Promise<void> {
  const data = await openImageData(path);
  const processor = readImageProcessor(model);
  let row = 0;
  for await (const columns of data.rows({ withBytes: true })) {
    const place = `row ${row++}`;
    const { bytes } = imageOf(data, columns, "image", place);
    await prepareImage(`${path}: ${place}`, bytes, processor, 3);
  }
  await data.contentHash();
}

export const imageReaders: readonly FileReader[] = [
  {
    name: "images in a folder",
    corpus: () =>
      images.flatMap((name) => [
        { ...settings("dinov2"), [`rows/train/a/${name}`]: image(name) },
        { ...settings("vit"), [`rows/${name}`]: image(name), "rows/metadata.csv": Buffer.from(`file_name,label\n${name},a\n`) },
      ]),
    read: (folder) => readImages(join(folder, "rows"), join(folder, "model")),
  },
  {
    name: "images in a zip archive",
    corpus: async () => {
      const files = ["grey.png", "grey.jpg", "lossy.webp"].map((name) => ({ name: `a/${name}`, input: image(name) }));
      return [{ ...settings("clip"), "rows.zip": Buffer.from(await downloadZip(files).arrayBuffer()) }];
    },
    read: (folder) => readImages(join(folder, "rows.zip"), join(folder, "model")),
  },
  {
    name: "images in Parquet",
    corpus: () => {
      const columnData = [
        { name: "image", data: ["grey.png", "colour.jpg"].map((name) => new Uint8Array(image(name))), type: "BYTE_ARRAY" as const },
        { name: "label", data: ["a", "b"] },
      ];
      return [{ ...settings("siglip"), "rows.parquet": Buffer.from(parquetWriteBuffer({ columnData })) }];
    },
    read: (folder) => readImages(join(folder, "rows.parquet"), join(folder, "model")),
  },
];
