import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { type ImportRunSettings, importRunRequest } from "@/lib/contract/import-run";
import { stanConfig } from "@/lib/contract/methods/stan/settings";
import { upsertModel } from "@/server/db/library/models";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { describeModel } from "@/server/runtime/models/describe-model";
import type { ServiceContext } from "@/server/services/context";
import { importRun } from "@/server/services/runs/import-run";
import { grey, redClasses, redPictures } from "./red-pictures";
import { storedDataSet } from "./stored-data-set";
import { temporaryFolder } from "./temporary-folder";
import { layTinyVit } from "./tiny-images";

/** Lays the pictures, each in a folder that names its class, with their styles in a table beside them. @returns their folder */
async function layRedPictures(folder: string): Promise<string> {
  for (const { name, patches } of redPictures) {
    const pixels = Uint8Array.from({ length: 15 * 15 * 3 }, (_, at) => {
      const [row, column] = [Math.floor(at / 45), Math.floor((at % 45) / 3)];
      const colour = patches[3 * Math.floor(row / 5) + Math.floor(column / 5)] ?? grey;
      return colour[at % 3] ?? 0;
    });
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    await sharp(pixels, { raw: { width: 15, height: 15, channels: 3 } })
      .png()
      .toFile(join(folder, name));
  }
  const lines = redPictures.map(({ name, style }) => `${name},${style}`);
  writeFileSync(join(folder, "metadata.csv"), ["file_name,style", ...lines].join("\n"));
  return folder;
}

const width = 24;
/** The module that the adapter is on. */
export const redModule = "vit.layers.0.attention.v_proj";
/** Its latent for redness; `greenLatent` and `blueLatent` are for those, and the remaining ones fire where there is no colour, or never. */
export const redLatent = 3;
const [greenLatent, blueLatent, greyLatent] = [0, 1, 2];
const numLatents = 6;

/**
 * Lays a vision transformer that can be calculated by hand: the first three numbers of a token are the means of its patch's channels, the others are
 * 1 or −1, and its first block adds to each token the mean of all values, which are the same everywhere without an adapter.
 *
 * @returns its folder
 */
function layColourVit(folder: string): string {
  layTinyVit(folder);
  const path = join(folder, "model.safetensors");
  const file = openSafetensors(path);
  const weightOf = (name: string) => {
    if (name.includes("layernorm") && name.endsWith(".weight")) return () => 1;
    return weights[name.replace(/^vit\./, "")] ?? (() => 0);
  };
  const tensors = Object.fromEntries(
    file.names().map((name) => {
      const shape = file.shape(name);
      const length = shape.reduce((product, size) => product * size, 1);
      return [name, { shape, data: Float32Array.from({ length }, (_, at) => weightOf(name)(at)) }];
    }),
  );
  file.close();
  writeSafetensors(path, tensors, { format: "pt" });
  return folder;
}

const constant = (at: number) => (at < 3 ? 0 : at % 2 === 0 ? -1 : 1);
/** Each number by its place; all others are 0, or 1 as weights of norms. */
const weights: { readonly [name: string]: (at: number) => number } = {
  "embeddings.patch_embeddings.projection.weight": (at) => (Math.floor(at / 75) === Math.floor((at % 75) / 25) ? 1 / 25 : 0),
  "embeddings.patch_embeddings.projection.bias": constant,
  "embeddings.cls_token": constant,
  "encoder.layer.0.attention.attention.value.bias": (at) => (at === width - 1 ? 1 : 0),
  "encoder.layer.0.attention.output.dense.weight": (at) => (Math.floor(at / width) === at % width ? 1 : 0),
};

/**
 * Lays a STAN adapter of six latents, one of which fires at red patches and writes how red they are, with a head that reads what is written to the
 * class token; a blind one writes nothing. @returns its folder
 */
function layRedAdapter(folder: string, isBlind: boolean): string {
  const settings = stanConfig.parse({ method: "stan", numLatents, k: 1, targets: { modules: ["v_proj"], layers: [0] } });
  const about = { baseModel: "colours", revision: null, fanInFanOut: false, modulesToSave: ["classifier"], readsImages: true };
  const E = new Float32Array(numLatents * width);
  const D = new Float32Array(width * numLatents);
  [redLatent, greenLatent, blueLatent].forEach((latent, channel) => {
    for (let other = 0; other < 3; other++) E[latent * width + other] = other === channel ? 1 : -0.5;
    if (!isBlind) D[channel * numLatents + latent] = 1;
  });
  // A little of what is the same in every token: it is kept where no colour exceeds it.
  E[greyLatent * width + 3] = 0.3;
  const head = new Float32Array(2 * width);
  head[0] = -10;
  head[width] = 10;
  writeAdapter(folder, {
    config: toAdapterConfigFile(settings, about),
    tensors: new Map([[redModule, { E: { shape: [numLatents, width], data: E }, D: { shape: [width, numLatents], data: D } }]]),
    savedTensors: new Map([
      ["classifier.weight", { shape: [2, width], data: head }],
      ["classifier.bias", { shape: [2], data: Float32Array.of(0.5, 0) }],
    ]),
  });
  writeFileSync(join(folder, "labels.json"), JSON.stringify({ labels: redClasses }));
  return folder;
}

/** The pictures as data of a run, half of them held out. */
export async function redData(context: ServiceContext): Promise<NonNullable<ImportRunSettings["data"]>> {
  const { id: dataSetId, mapping } = await storedDataSet(context, await layRedPictures(join(temporaryFolder(), "pictures")));
  if (mapping === null) throw new Error("the dataset's columns were not recognised");
  const { data } = importRunRequest.parse({
    path: "-",
    data: { kind: "dataSet", dataSetId, mapping: { ...mapping, domain: "style" }, validationRows: 4 },
  });
  if (data === null) throw new Error("the data is lost");
  return data;
}

type RedRun = {
  /** Names of its classes, where not those beside it. */
  readonly labels?: string[];
  /** Writes nothing, so that it takes all pictures for plain. */
  readonly isBlind?: boolean;
  /** Of another run. */
  readonly data?: NonNullable<ImportRunSettings["data"]>;
};

/** Imports the adapter as a run over the pictures. */
export async function importRedRun(context: ServiceContext, { labels, isBlind = false, data }: RedRun = {}): Promise<string> {
  const model = { id: "colours", name: "colours", revision: "test" };
  await upsertModel(context.store.db, { ...model, ...describeModel(layColourVit(join(temporaryFolder(), "vit"))) });
  const path = layRedAdapter(join(temporaryFolder(), "adapter"), isBlind);
  const named = labels === undefined ? {} : { labels };
  const request = importRunRequest.parse({ modelId: model.id, path, data: data ?? (await redData(context)), ...named });
  return (await importRun(context, request)).id;
}
