import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { EvaluationMetrics, StepMetrics } from "@/lib/contract/run";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { readAdapterConfig } from "@/server/files/adapters/adapter-folder";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { largestDifference } from "@/tests/server/engine/tiny";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { jsonLines } from "@/tests/support/json-lines";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyEncoderTraining, tinyImageEncoders } from "@/tests/support/tiny-encoder-training";
import { layRedAndBlue, layTinyVit, TINY_IMAGE_TOKENS } from "@/tests/support/tiny-images";

const golden = "tests/golden/vision/vit-silu";
let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = temporaryFolder();
});

const linesOf = <Line>(name: string) => jsonLines<Line>(at(name));

function layConfig(changes: Partial<RunConfigInput> = {}): void {
  const config: RunConfigInput = {
    model: at("model"),
    task: { kind: "classification" },
    data: { kind: "dataSet", path: at("data"), mapping: { kind: "labelledImage", image: "image", label: "label" }, validationRows: 4 },
    adapter: { method: "stan", numLatents: 24, k: 4, targets: { modules: ["v_proj"], layers: null } },
    training: { steps: 30, batchRows: 6, learningRate: 0.02, evaluateEvery: 0 },
    ...changes,
  };
  writeFileSync(at("config.json"), JSON.stringify(config));
}

const train = () => stanscope("train", "--config", at("config.json"), "--output", at("run"));

describe("the headless commands on images", () => {
  it.each([[[]], [["--adapter", `${golden}/lora`]]])("give transformers' scores of prepared images %s", async (adapter) => {
    const reference = openSafetensors(`${golden}/expected.safetensors`);
    const pixels = { shape: reference.shape("pixel_values"), data: reference.read("pixel_values") };
    writeSafetensors(at("pixels.safetensors"), { pixel_values: pixels });
    await stanscopeSucceeds(
      "logits",
      "--model",
      golden,
      ...adapter,
      "--input",
      at("pixels.safetensors"),
      "--output",
      at("out.safetensors"),
    );
    const given = openSafetensors(at("out.safetensors"));
    const expected = reference.read(adapter.length === 0 ? "logits" : "lora.logits");
    expect(given.shape("logits")).toEqual([3, 4]);
    expect(largestDifference(given.read("logits"), expected)).toBeLessThan(1e-5);
    given.close();
    reference.close();
  });

  it("train, evaluate and collect over a folder with a folder of images for each class", async () => {
    layTinyVit(at("model"));
    await layRedAndBlue(at("data"));
    layConfig();
    expect((await train()).errors).toContain("finished after 30 steps");
    const [before, after] = linesOf<EvaluationMetrics>("run/evaluations.jsonl");
    expect([before?.rows, after?.rows]).toEqual([4, 4]);
    expect(after?.loss).toBeLessThan(before?.loss ?? 0);
    expect(after?.answers?.[0]).toMatchObject({ name: "accuracy", value: 1 });

    const { task_type, modules_to_save } = readAdapterConfig(at("run"));
    expect([task_type, modules_to_save]).toEqual([null, ["classifier"]]);

    const from = ["--model", at("model"), "--adapter", at("run"), "--input", at("data")];
    await stanscopeSucceeds("evaluate", ...from, "--output", at("evaluated.json"));
    expect(JSON.parse(readFileSync(at("evaluated.json"), "utf8")).rows).toBe(16);

    const benchmark = { name: "colours", task: { kind: "classification" }, rows: { path: at("data"), part: { kind: "all" } } };
    writeFileSync(at("benchmark.json"), JSON.stringify(benchmark));
    const output = await stanscopeSucceeds(
      "evaluate",
      ...from.slice(0, 4),
      ...["--benchmark", at("benchmark.json"), "--output", at("items.jsonl")],
    );
    const score = JSON.parse(output);
    expect(score).toMatchObject({ name: "colours", rows: 16 });
    expect(score.metrics[0]).toMatchObject({ name: "accuracy", adapter: 1 });
    expect(linesOf<{ text: string; reference: string }>("items.jsonl")[0]).toMatchObject({ text: "blue/0.png", reference: "blue" });

    await stanscopeSucceeds("collect", ...from, "--output", at("collected"));
    const [head, ...lines] = readFileSync(at("collected/classes.csv"), "utf8").trim().split("\n");
    expect(head).toBe("module,index,class,images,imagesFired");
    // 24 latents of the two modules, and two classes.
    expect(lines).toHaveLength(2 * 24 * 2);
    const cells = lines.map((line) => line.split(","));
    expect(new Set(cells.map(([, , name, images]) => `${name} ${images}`))).toEqual(new Set(["blue 8", "red 8"]));
    const fired = cells.map(([, , , , count]) => Number(count));
    expect([Math.min(...fired) >= 0, Math.max(...fired)]).toEqual([true, 8]);
    const [header = "", ...latents] = readFileSync(at("collected/latents.csv"), "utf8").trim().split("\n");
    const column = (name: string) => latents.map((line) => Number(line.split(",")[header.split(",").indexOf(name)]));
    expect(latents).toHaveLength(2 * 24);
    // Each of a module's 4 kept latents at every token of the 16 images.
    expect(column("tokens").every((tokens) => tokens === 16 * TINY_IMAGE_TOKENS)).toBe(true);
    expect(column("fireCount").reduce((sum, count) => sum + count, 0)).toBe(2 * 4 * 16 * TINY_IMAGE_TOKENS);
    const examples = linesOf<{ position: number; row: number }>("collected/examples.jsonl");
    expect(examples.every(({ position, row }) => position < TINY_IMAGE_TOKENS && row < 16)).toBe(true);
  });

  it("name an image that is damaged, and train on nothing", async () => {
    layTinyVit(at("model"));
    await layRedAndBlue(at("data"));
    truncateSync(at("data/red/3.png"), 60);
    layConfig();
    const { status, errors } = await train();
    expect(status).toBe(1);
    expect(errors).toMatch(/red\/3\.png/);
    expect(() => readFileSync(at("run/adapter_model.safetensors"))).toThrow("ENOENT");
  });

  it("say what is missing where data and model do not fit", async () => {
    layTinyVit(at("model"));
    await layRedAndBlue(at("data"));
    writeFileSync(at("texts.jsonl"), '{"text": "a", "label": "b"}\n{"text": "c", "label": "d"}\n'.repeat(8));
    layConfig({
      data: { kind: "dataSet", path: at("texts.jsonl"), mapping: { kind: "labelled", text: "text", label: "label" }, validationRows: 2 },
    });
    expect((await train()).errors).toMatch(/map an image column and a label column/);
    layConfig({ task: undefined });
    expect((await train()).errors).toMatch(/is an encoder, which does not generate text/);
    writeFileSync(
      at("model/preprocessor_config.json"),
      JSON.stringify({ image_processor_type: "ViTImageProcessor", size: { height: 16, width: 20 } }),
    );
    layConfig();
    expect((await train()).errors).toMatch(/preprocessor/);
  });
});

const cases = tinyImageEncoders.flatMap((architecture) => (["stan", "lora"] as const).map((method) => [architecture, method] as const));

describe.runIf(fixturesFolder)("headless training of an encoder of images", references, () => {
  it.each(cases)("of %s with %s has PyTorch's losses", async (architecture, method) => {
    const { config, reference } = layTinyEncoderTraining(fixturesFolder ?? "", architecture, method, folder);
    await stanscopeSucceeds("train", "--config", config, "--output", at("run"));
    const metrics = linesOf<StepMetrics>("run/metrics.jsonl");
    expect(metrics).toHaveLength(10);
    metrics.forEach(({ loss }, step) => {
      expect(Math.abs(loss - (reference.losses[step] ?? Number.NaN))).toBeLessThan(2e-5);
    });
  });
});
