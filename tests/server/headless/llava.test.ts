import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { EvaluationMetrics, StepMetrics } from "@/lib/contract/run";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { readAdapterConfig } from "@/server/files/adapters/adapter-folder";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { largestDifference } from "@/tests/server/engine/tiny";
import { jsonLines } from "@/tests/support/json-lines";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { colouredImage, layCaptions, layTinyLlava, TINY_LLAVA_FEATURES } from "@/tests/support/tiny-llava-checkpoint";

let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = temporaryFolder();
});

const captions = { kind: "promptCompletion", prompt: "prompt", completion: "completion", image: "image" } as const;

function layConfig(changes: Partial<RunConfigInput> = {}): void {
  const config: RunConfigInput = {
    model: at("model"),
    data: { kind: "dataSet", path: at("data.parquet"), mapping: captions, validationRows: 4 },
    adapter: { method: "stan", numLatents: 32, k: 8, alpha: 16, targets: { modules: ["v_proj", "down_proj"], layers: null } },
    training: { steps: 120, batchRows: 6, maxTokens: 32, learningRate: 0.02, evaluateEvery: 0 },
    ...changes,
  };
  writeFileSync(at("config.json"), JSON.stringify(config));
}

const train = () => stanscope("train", "--config", at("config.json"), "--output", at("run"));
const generate = async (image: string, ...more: string[]) => {
  const asked = ["--model", at("model"), "--prompt", "USER : what is this ? ASSISTANT :", "--image", image, "--max-tokens", "3", "--json"];
  return JSON.parse(await stanscopeSucceeds("generate", ...asked, ...more)) as { ids: number[]; text: string };
};

describe("the headless commands on texts with images", () => {
  it("learn captions, say what an image shows, evaluate and collect", async () => {
    layTinyLlava(at("model"));
    await layCaptions(at("data.parquet"));
    layConfig();
    const trained = await train();
    expect(trained.errors).toContain("finished after 120 steps");
    const [before, after] = jsonLines<EvaluationMetrics>(at("run/evaluations.jsonl"));
    expect([before?.rows, after?.rows]).toEqual([4, 4]);
    expect(after?.loss).toBeLessThan(0.3);
    // Bare names are the language model's; the file names whole modules, so that PEFT takes the same.
    const { target_modules } = readAdapterConfig(at("run"));
    expect(target_modules).toEqual(
      [0, 1].flatMap((layer) => ["self_attn.v_proj", "mlp.down_proj"].map((name) => `model.language_model.layers.${layer}.${name}`)),
    );

    for (const colour of ["red", "blue"] as const) {
      writeFileSync(at(`${colour}.png`), await colouredImage(colour));
      expect((await generate(at(`${colour}.png`), "--adapter", at("run"))).text).toContain(colour);
    }

    const from = ["--model", at("model"), "--adapter", at("run"), "--input", at("data.parquet")];
    await stanscopeSucceeds("evaluate", ...from, "--output", at("evaluated.json"));
    const evaluated = JSON.parse(readFileSync(at("evaluated.json"), "utf8"));
    expect(evaluated.adapter.loss).toBeLessThan(evaluated.base.loss);
    await stanscopeSucceeds("collect", ...from, "--output", at("latents"), "--attribution-rows", "4");
    const [first] = jsonLines<{ texts: string[] }>(at("latents/examples.jsonl"));
    expect(first?.texts.filter((token) => token === "<image>").length).toBeGreaterThan(0);
  });

  it("train the projector and the tower by their names", async () => {
    layTinyLlava(at("model"));
    await layCaptions(at("data.parquet"));
    const modules = ["linear_1", "vision_tower.encoder.layers.0.self_attn.v_proj", "model.language_model.layers.1.self_attn.q_proj"];
    layConfig({
      adapter: { method: "lora", rank: 4, alpha: 8, targets: { modules, layers: null } },
      training: { steps: 4, batchRows: 3, microBatchRows: 2, maxTokens: 32, learningRate: 0.02 },
    });
    expect((await train()).errors).toContain("finished after 4 steps");
    const losses = jsonLines<StepMetrics>(at("run/metrics.jsonl")).map(({ loss }) => loss);
    expect(losses.every(Number.isFinite)).toBe(true);
    const collected = await stanscope(
      "collect",
      "--model",
      at("model"),
      "--adapter",
      at("run"),
      "--input",
      at("data.parquet"),
      "--output",
      at("latents"),
    );
    expect(collected.errors).toContain("statistics count positions of the prompt");
  });

  it("give transformers' logits of prompts with images in a file, and follow its ten steps", async () => {
    const golden = "tests/golden/tiny/llava-siglip";
    const reference = openSafetensors(`${golden}/expected.safetensors`);
    const names = ["input_ids", "attention_mask", "labels", "pixel_values"];
    const tensors = names.map((name) => {
      const own = `train.0.${name}`;
      return [
        name,
        { shape: reference.shape(own), data: name === "pixel_values" ? reference.read(own) : reference.readInts(own) },
      ] as const;
    });
    writeSafetensors(at("rows.safetensors"), Object.fromEntries(tensors));
    await stanscopeSucceeds("logits", "--model", golden, "--input", at("rows.safetensors"), "--output", at("out.safetensors"));
    const out = openSafetensors(at("out.safetensors"));
    expect(largestDifference(out.read("logits"), reference.read("base.logits"))).toBeLessThan(2e-5);
    out.close();
    reference.close();
    layConfig({
      model: golden,
      data: { kind: "tokenRows", path: at("rows.safetensors") },
      training: { steps: 3, batchRows: 4, learningRate: 0.01 },
    });
    expect((await train()).errors).toContain("finished after 3 steps");
  });

  it("refuse images that a model does not read, rows without their image, and places that do not fit", async () => {
    layTinyLlava(at("model"));
    await layCaptions(at("data.parquet"));
    layConfig({ model: "tests/golden/tiny/llama" });
    expect((await train()).errors).toMatch(/model reads texts alone|has no tokenizer/);
    layConfig({ training: { steps: 2, batchRows: 2, maxTokens: TINY_LLAVA_FEATURES + 2, learningRate: 0.01 } });
    expect((await train()).errors).toContain("its image takes 4 tokens");
    layConfig({ data: { kind: "dataSet", path: at("data.parquet"), mapping: { ...captions, image: undefined } } });
    expect((await train()).errors).toContain("row 0: has 1 image tokens (<image>) and no image: map a column of images");
    writeFileSync(at("red.png"), await colouredImage("red"));
    const asked = ["--model", at("model"), "--max-tokens", "2", "--prompt", "<image> <image> what"];
    expect((await stanscope("generate", ...asked, "--image", at("red.png"))).errors).toContain(
      "2 places for images (<image>), and 1 images",
    );
    writeFileSync(at("broken.png"), "no image");
    expect((await stanscope("generate", ...asked, "--image", at("broken.png"))).errors).toContain("broken.png");
    expect((await stanscope("generate", ...asked, "--image", at("absent.png"))).errors).toContain("absent.png");
  });
});
