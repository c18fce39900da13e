import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { EncoderRow } from "@/server/engine/models/encoders/encoder-inputs";
import type { VisionEncoder } from "@/server/engine/models/vision/load-vision";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import { classification } from "@/server/engine/tasks/classification/classification";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { readAdapter, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { largestDifference, loraSettings, stanSettings, tinyTraining } from "@/tests/server/engine/tiny";
import { loadVisionFolder } from "@/tests/server/engine/tiny-vision";
import { references } from "@/tests/support/fixtures";
import { Peft, peftPython } from "@/tests/support/peft";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const CASES = [
  ["vit-silu", ["q_proj", "o_proj", "fc2"]],
  ["dinov2-gated", ["v_proj", "gate_proj", "down_proj"]],
  ["dinov2-registers", ["k_proj", "fc1"]],
  ["clip", ["q_proj", "v_proj"]],
  ["siglip", ["q_proj", "k_proj"]],
] as const;
const cases = CASES.flatMap(([name, targets]) => (["stan", "lora"] as const).map((method) => ({ name, targets, method })));

type Method = (typeof cases)[number]["method"];

const settingsOf = (method: Method, targets: readonly string[], there = false) =>
  method === "stan"
    ? stanSettings(targets, there ? { numLatents: 13, k: 3 } : { numLatents: 11, k: 3, init: "small" })
    : loraSettings(targets, there ? { rank: 3, alpha: 5 } : {});

describe.runIf(peftPython !== undefined)("an adapter for a vision encoder between Stanscope and Python's PEFT", references, () => {
  let peft: Peft;
  beforeAll(async () => {
    peft = new Peft(peftPython ?? "");
    await startEngine();
  });
  afterAll(() => peft.close());
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  it.each(cases)("$method on $name, trained here, gives the same logits there", async ({ name, targets, method }) => {
    const given = readRows(name);
    const { encoder, folder } = given;
    const model = createClassificationModel(encoder, 4);
    const settings = settingsOf(method, targets);
    const adapter = Adapter.create(encoder.projections, settings, 1);
    const { head } = TrainedHead.start(model, 1);
    const rows = given.images.map((image, row) => ({ ...image, answer: given.labels[row] ?? 0 }));
    const trainer = new Trainer(answerObjective(classification, model, adapter, head, rows), { ...tinyTraining, batchRows: 3 });
    for (let step = 0; step < 5; step++) trainer.takeStep();
    const about = { baseModel: null, revision: null, fanInFanOut: false, modulesToSave: ["classifier"], readsImages: true };
    const config = toAdapterConfigFile({ ...settings, targets: { modules: [...targets], layers: null } }, about);
    writeAdapter(join(folder, "adapter"), { config, tensors: adapter.tensors(), savedTensors: head.tensors() });
    for (const one of [trainer, adapter, head]) one.free();
    await compare(given, settings);
  });

  it.each(cases)("$method on $name, trained there, gives the same logits here", async ({ name, targets, method }) => {
    const given = readRows(name);
    const { base, rows, folder } = given;
    await peft.do({ verb: "train", base, method, targets, rows, output: join(folder, "adapter") });
    await compare(given, settingsOf(method, targets, true));
  });

  async function compare({ encoder, base, rows, folder, images }: Given, settings: ReturnType<typeof settingsOf>) {
    const output = join(folder, "logits.safetensors");
    await peft.do({ verb: "logits", base, adapter: join(folder, "adapter"), rows, output });
    const file = openSafetensors(output);
    const there = file.read("logits");
    file.close();
    expect(largestDifference(scoresOf(encoder, join(folder, "adapter"), settings, images), there)).toBeLessThan(2e-5);
    encoder.free();
  }
});

describe("an adapter whose modules have the names of transformers 4", () => {
  const folder = "tests/golden/vision/vit-silu";
  beforeAll(async () => {
    await startEngine();
  });

  it("is read under those of the live model", () => {
    const encoder = loadVisionFolder(folder);
    const projections = new Map(encoder.projections.map(({ module, dIn, dOut }) => [module, { dIn, dOut }]));
    const own = readAdapter(`${folder}/lora`, projections);
    const old = new Map([...own.tensors].map(([module, tensors]) => [inOldNames(module), tensors]));
    expect([...old.keys()]).toContain("vit.encoder.layer.1.attention.attention.value");
    const into = join(temporaryFolder(), "old");
    const config = { ...own.config, target_modules: ["value", "intermediate.dense"] };
    writeAdapter(into, { config, tensors: old, savedTensors: own.savedTensors });
    const read = readAdapter(into, projections);
    expect(read.tensors).toEqual(own.tensors);
    expect(read.savedTensors).toEqual(own.savedTensors);
    expect(read.config.target_modules).toEqual([...own.tensors.keys()]);

    writeAdapter(into, {
      config: { ...config, rank_pattern: { value: 3 } } as typeof config,
      tensors: old,
      savedTensors: own.savedTensors,
    });
    expect(() => readAdapter(into, projections)).toThrow("names modules as transformers 4 does, and rank_pattern too");
    encoder.free();
  });
});

function inOldNames(module: string): string {
  return module
    .replace("vit.layers.", "vit.encoder.layer.")
    .replace(".attention.v_proj", ".attention.attention.value")
    .replace(".mlp.fc1", ".intermediate.dense");
}

type Given = {
  readonly encoder: VisionEncoder;
  readonly base: string;
  readonly folder: string;
  readonly rows: string;
  readonly images: readonly EncoderRow[];
  readonly labels: Int32Array;
};

function readRows(name: string): Given {
  const base = `tests/golden/vision/${name}`;
  const folder = temporaryFolder();
  const file = openSafetensors(`${base}/expected.safetensors`);
  const shape = file.shape("pixel_values");
  const [numRows = 0, channels = 0, height = 0, width = 0] = shape;
  const pixels = file.read("pixel_values");
  const labels = Int32Array.from(file.readInts("labels"), Number);
  file.close();
  const rows = join(folder, "rows.safetensors");
  writeSafetensors(rows, { pixel_values: { shape, data: pixels }, labels: { shape: [numRows], data: labels } });
  const size = channels * height * width;
  const images = Array.from({ length: numRows }, (_, row) => ({
    image: { pixels: pixels.subarray(row * size, (row + 1) * size), channels, height, width },
  }));
  return { encoder: loadVisionFolder(base), base, folder, rows, images, labels };
}

function scoresOf(
  encoder: VisionEncoder,
  folder: string,
  settings: ReturnType<typeof settingsOf>,
  images: readonly EncoderRow[],
): Float32Array {
  const { tensors, savedTensors } = readAdapter(
    folder,
    new Map(encoder.projections.map(({ module, dIn, dOut }) => [module, { dIn, dOut }])),
  );
  const model = createClassificationModel(encoder, 4);
  const adapter = new Adapter(planModules(encoder.projections, settings), tensors);
  const head = new TrainedHead(model, savedTensors);
  const batch = encoder.inputs.lay(images.map((image) => [image]));
  const scores = tidy(() => readFloats(model.scores(batch, adapter.trainingHooks(), head.read())));
  adapter.free();
  head.free();
  return scores;
}
