import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseVisionConfig } from "@/lib/contract/architectures/parse-model-config";
import { imageBatch } from "@/server/engine/models/vision/image-batch";
import { loadVisionEncoder } from "@/server/engine/models/vision/load-vision";
import type { WeightSource } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { renamedWeights } from "@/tests/server/engine/toy-encoder";
import { fixturesFolder, references } from "@/tests/support/fixtures";

const GOLDEN = "tests/golden/vision";

/** Final states of a folder's images, with its weights under other names. */
function states(folder: string, change: (source: WeightSource) => WeightSource, images = `${folder}/expected.safetensors`): Float32Array {
  const { config, weights } = openCheckpoint(folder);
  const file = openSafetensors(images);
  const name = file.names().includes("pixel_values") ? "pixel_values" : "edge.resize.0.pixel_values";
  const [channels = 0, height = 0, width = 0] = file.shape(name).slice(1);
  const pixels = file.read(name);
  file.close();
  try {
    const encoder = loadVisionEncoder(config, change(weights));
    try {
      return tidy(() =>
        readFloats(encoder.forward(imageBatch({ pixels, channels, height, width, interpolates: true }, encoder.config)).final),
      );
    } finally {
      encoder.free();
    }
  } finally {
    weights.close();
  }
}

const renamed = (rename: (name: string) => string | null) => (source: WeightSource) => renamedWeights(source, rename);
const same = (source: WeightSource) => source;

beforeAll(async () => {
  await startEngine();
});
afterEach(() => {
  expect(liveTensors()).toBe(0);
});

describe.runIf(fixturesFolder).each(["vit", "dinov2"])("the names of tiny/%s", references, (architecture) => {
  it("are read in every spelling: of files, of the live model and of older files", () => {
    const folder = `${fixturesFolder}/tiny/${architecture}`;
    const keys = JSON.parse(readFileSync(`${folder}/keys.json`, "utf8")) as { live: string; file: string; older: string }[];
    const plain = states(folder, same);
    for (const spelling of ["live", "older"] as const) {
      const names = new Map(keys.map((key) => [key.file, key[spelling]]));
      expect(
        states(
          folder,
          renamed((name) => names.get(name) ?? null),
        ),
      ).toEqual(plain);
    }
  });
});

describe("the names of a vision encoder's weights", () => {
  it("are read without the model's prefix, as a bare encoder has them, and beside what only others read", () => {
    for (const [name, prefix] of [
      ["vit-silu", "vit"],
      ["dinov2-gated", "dinov2"],
      ["clip", "vision_model"],
      ["siglip", "vision_model"],
    ] as const) {
      const folder = `${GOLDEN}/${name}`;
      const bare = renamed((tensor) => (tensor.startsWith("classifier.") ? null : tensor.replace(`${prefix}.`, "")));
      expect(states(folder, bare), name).toEqual(states(folder, same));
    }
  });

  it.each(["clip", "siglip"])("are read from a whole %s model of images and texts, which has no head", (name) => {
    const folder = `${GOLDEN}/${name}`;
    expect(states(`${folder}/whole`, same, `${folder}/expected.safetensors`)).toEqual(states(folder, same));
  });

  it("are those of two matrices in newer files of gated models, of which older ones hold the rows in one", () => {
    const folder = `${GOLDEN}/dinov2-gated`;
    const parts = ["mlp.gate_proj", "mlp.up_proj"];
    const stored = (name: string) => parts.reduce((found, part) => found.replace(part, "mlp.weights_in"), name);
    const split = (source: WeightSource): WeightSource => ({
      names: () =>
        source
          .names()
          .flatMap((name) => (name.includes("weights_in") ? parts.map((part) => name.replace("mlp.weights_in", part)) : [name])),
      shape: (name) => source.shape(stored(name)).map((side, axis) => (axis === 0 && stored(name) !== name ? side / 2 : side)),
      read(name) {
        const all = source.read(stored(name));
        if (stored(name) === name) return all;
        return name.includes("mlp.up_proj") ? all.slice(all.length / 2) : all.slice(0, all.length / 2);
      },
    });
    expect(states(folder, split)).toEqual(states(folder, same));
  });

  it("are refused by name where one is missing, unknown, of another shape or there twice", () => {
    const folder = `${GOLDEN}/vit-silu`;
    const { weights } = openCheckpoint(folder);
    const key = weights.names().find((name) => /0\..*query\.weight$/.test(name)) ?? "";
    weights.close();
    expect(key).not.toBe("");
    const gone = renamed((name) => (name === key ? null : name));
    expect(() => states(folder, gone)).toThrow("missing: vit.layers.0.attention.q_proj.weight");
    const more = (name: string) => (source: WeightSource) => ({ ...source, names: () => [...source.names(), name] });
    expect(() => states(folder, more("vit.layers.7.mlp.fc1.weight"))).toThrow("not of this architecture: vit.layers.7.mlp.fc1.weight");
    expect(() => states(folder, more("vit.layers.0.attention.q_proj.weight"))).toThrow(
      `the weights hold ${key} and vit.layers.0.attention.q_proj.weight, which are the same tensor`,
    );
    const turned = (source: WeightSource): WeightSource => ({
      names: () => source.names(),
      read: (name) => source.read(name),
      shape: (name) => (name === "classifier.weight" ? [4, 48] : source.shape(name)),
    });
    expect(() => states(folder, turned)).toThrow("classifier.weight [4,48] instead of [4,24]");
  });
});

describe("parseVisionConfig", () => {
  it("refuses by name what it cannot read", () => {
    const vit = (more: Record<string, unknown>) => () => parseVisionConfig({ model_type: "vit", ...more });
    expect(vit({ hidden_act: "mish" })).toThrow('hidden_act "mish" is not supported');
    expect(vit({ patch_size: 0 })).toThrow("patch_size must be a whole number above 0, but is 0");
    expect(vit({ patch_size: 300 })).toThrow("patch_size 300×300 is larger than image_size 224×224");
    expect(vit({ num_attention_heads: 5 })).toThrow("hidden_size 768 is not a multiple of num_attention_heads 5");
    expect(vit({ qkv_bias: "yes" })).toThrow('qkv_bias must be true or false, but is "yes"');
    expect(() => parseVisionConfig({ model_type: "swin" })).toThrow(
      'model_type "swin" is not a supported vision encoder; supported: vit, dinov2,',
    );
  });

  it("takes what a file leaves out from its class, and labels from the whole model's configuration", () => {
    expect(
      parseVisionConfig({ model_type: "siglip", vision_config: { image_size: 32 }, id2label: { 0: "a", 1: "b", 2: "c" } }),
    ).toMatchObject({
      imageSize: { height: 32, width: 32 },
      patchSize: { height: 16, width: 16 },
      activation: "gelu_pytorch_tanh",
      numLabels: 3,
    });
  });
});
