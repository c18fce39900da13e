import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import type { WeightSource } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { largestDifference, openTiny, type Tiny } from "@/tests/server/engine/tiny";
import { demandReader, GOLDEN_LLAVAS, TINY_LLAVAS, tinyLlavaBatch } from "@/tests/server/engine/tiny-llava";
import { renamedWeights } from "@/tests/server/engine/toy-encoder";
import { fixturesFolder, goldenFolder, references } from "@/tests/support/fixtures";
import { loadCausalModel } from "@/tests/support/load-causal-model";

/** How transformers 5 calls the tensors of its live model, and how earlier ones wrote them. */
const SPELLINGS = {
  live: (name: string) =>
    olderToLive(
      name
        .replace(/^language_model\.(?:model\.)?(?!lm_head)/, "model.language_model.")
        .replace(/^(?=vision_tower|multi_modal)/, "model.")
        .replace("language_model.lm_head", "lm_head"),
    ),
  older: (name: string) => name.replace(/^vision_tower\./, "vision_tower.vision_model."),
};

function olderToLive(name: string): string {
  return name.replace(".attention.attention.query", ".attention.q_proj").replace(".attention.attention.key", ".attention.k_proj");
}

describe.each(GOLDEN_LLAVAS)("the files of tiny %s", (architecture) => {
  let tiny: Tiny;
  let config: RawModelConfig;
  let weights: ReturnType<typeof openCheckpoint>["weights"];

  beforeAll(async () => {
    await startEngine();
    tiny = openTiny(goldenFolder, architecture);
    ({ config, weights } = openCheckpoint(tiny.folder));
  });
  afterAll(() => {
    tiny.model.free();
    weights.close();
    expect(liveTensors()).toBe(0);
  });

  const renamed = (nameOf: (name: string) => string | null) => renamedWeights(weights, nameOf);

  it("give the same logits under the names of the live model and of older files", () => {
    const logitsOf = (model: Tiny["model"]) => tidy(() => readFloats(model.logits(model.forward(tinyLlavaBatch(tiny, 0)).final)));
    const wanted = logitsOf(tiny.model);
    expect(largestDifference(wanted, tiny.values.read("base.logits"))).toBeLessThan(2e-5);
    for (const nameOf of Object.values(SPELLINGS)) {
      const source = renamed(nameOf);
      expect(source.names()).not.toEqual(weights.names());
      const other = loadCausalModel(config, source);
      expect(logitsOf(other)).toEqual(wanted);
      other.free();
    }
  });

  it("are refused where a tensor that is read is missing, whichever", () => {
    const isUnread = (name: string) =>
      /\.(?:head|pooler|post_layernorm|mask_token)(?:\.|$)/.test(name) &&
      !(architecture === "llava-siglip" && name.includes("post_layernorm"));
    for (const missing of weights.names().filter((name) => !isUnread(name))) {
      expect(
        () =>
          loadCausalModel(
            config,
            renamed((name) => (name === missing ? null : name)),
          ),
        missing,
      ).toThrow(/missing: |the weights hold no /);
    }
  });

  it("are refused where a tensor belongs to no part, or two are the same one", () => {
    expect(() =>
      loadCausalModel(
        config,
        renamed((name) => (name.endsWith("norm.weight") ? `vision.${name}` : name)),
      ),
    ).toThrow("not of this architecture: vision.");
    const twice: WeightSource = {
      ...renamed((name) => name),
      names: () => [...weights.names(), "model.multi_modal_projector.linear_1.weight"],
    };
    expect(() => loadCausalModel(config, twice)).toThrow("which are the same tensor");
  });

  it("read images of the tower alone where the prompt has their tokens", () => {
    const batch = tinyLlavaBatch(tiny, 0);
    const { model } = tiny;
    const each = demandReader(tiny).featuresOf(batch.images);
    expect(() => model.forward({ ...batch, images: undefined })).toThrow("a batch without images has none");
    const short = batch.ids.slice();
    short[short.indexOf(47)] = 3;
    expect(() => model.forward({ ...batch, ids: short })).toThrow(`each image takes ${each}`);
    const pixels = batch.images.pixels.subarray(0, batch.images.pixels.length / 5);
    expect(() => model.forward({ ...batch, images: { ...batch.images, pixels } })).toThrow("stand for 5 images, and it has 1");
    expect(() => model.forward({ ...batch, images: { ...batch.images, channels: 1, height: 3 * batch.images.height } })).toThrow(
      "channels",
    );
  });
});

describe.runIf(fixturesFolder).each(TINY_LLAVAS)("the names of tiny/%s", references, (architecture) => {
  it("are read in every spelling: of files, of the live model and of older files", async () => {
    await startEngine();
    const tiny = openTiny(fixturesFolder ?? "", architecture);
    const { config, weights } = openCheckpoint(tiny.folder);
    const keys = JSON.parse(readFileSync(`${tiny.folder}/keys.json`, "utf8")) as { live: string; file: string; older: string }[];
    const logitsOf = (model: Tiny["model"]) => tidy(() => readFloats(model.logits(model.forward(tinyLlavaBatch(tiny, 0)).final)));
    const wanted = logitsOf(tiny.model);
    for (const spelling of ["live", "older"] as const) {
      const names = new Map(keys.map((key) => [key.file, key[spelling]]));
      const model = loadCausalModel(
        config,
        renamedWeights(weights, (name) => names.get(name) ?? null),
      );
      expect(logitsOf(model)).toEqual(wanted);
      model.free();
    }
    tiny.model.free();
    weights.close();
    expect(liveTensors()).toBe(0);
  });
});
