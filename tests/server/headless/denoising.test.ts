import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeEach, describe, expect, it } from "vitest";
import type { EvaluationMetrics, StepMetrics } from "@/lib/contract/run";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { alphasCumprod } from "@/server/engine/models/diffusion/noising";
import { readAdapterConfig } from "@/server/files/adapters/adapter-folder";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { tinySchedule } from "@/tests/server/engine/tiny-diffusion";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { jsonLines } from "@/tests/support/json-lines";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layFixtureDit, layTinyDenoisingTraining, layTinyDit } from "@/tests/support/tiny-denoising-training";
import { layRedAndBlue } from "@/tests/support/tiny-images";
import { eventually } from "@/tests/support/worker-process";

let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = temporaryFolder();
});

const linesOf = <Line>(name: string) => jsonLines<Line>(at(name));

type Changes = Omit<Partial<RunConfigInput>, "training"> & { readonly training?: Partial<RunConfigInput["training"]> };

function layConfig({ training, ...changes }: Changes = {}, name = "config.json"): void {
  const config: RunConfigInput = {
    model: at("model"),
    task: { kind: "denoising" },
    data: { kind: "dataSet", path: at("data"), mapping: { kind: "labelledImage", image: "image", label: "label" }, validationRows: 4 },
    adapter: { method: "stan", numLatents: 24, k: 4, targets: { modules: ["to_v"], layers: null } },
    training: { steps: 12, batchRows: 6, learningRate: 0.02, evaluateEvery: 0, checkpointEvery: 4, ...training },
    ...changes,
  };
  writeFileSync(at(name), JSON.stringify(config));
}

const train = (output = "run", ...more: string[]) => stanscope("train", "--config", at("config.json"), "--output", at(output), ...more);

async function layAll(): Promise<void> {
  layTinyDit(at("model"));
  await layRedAndBlue(at("data"));
  layConfig();
}

async function pixelsOf(file: string): Promise<number[]> {
  return [
    ...(await sharp(readFileSync(at(file)))
      .raw()
      .toBuffer()),
  ];
}

describe("the headless commands on a diffusion model", () => {
  it("train over a folder of images, with a held-out loss that is the same whenever it is measured", async () => {
    await layAll();
    expect((await train()).errors).toContain("finished after 12 steps");
    const [before, after] = linesOf<EvaluationMetrics>("run/evaluations.jsonl");
    expect([before?.rows, after?.rows]).toEqual([4, 4]);
    expect(after?.baseLoss).toBe(before?.baseLoss);
    expect(after?.loss).toBeLessThan(before?.loss ?? 0);
    expect(readAdapterConfig(at("run"))).toMatchObject({ task_type: null, modules_to_save: null, target_modules: ["to_v"] });

    const from = ["--model", at("model"), "--adapter", at("run"), "--input", at("data")];
    await stanscopeSucceeds("evaluate", ...from, "--output", at("first.json"));
    await stanscopeSucceeds("evaluate", ...from, "--output", at("second.json"));
    expect(readFileSync(at("first.json"), "utf8")).toBe(readFileSync(at("second.json"), "utf8"));
    const evaluated = JSON.parse(readFileSync(at("first.json"), "utf8"));
    expect(evaluated).toMatchObject({ images: 16, draws: 4 });
    expect(evaluated.byClass.map(({ label, images }: { label: string; images: number }) => [label, images])).toEqual([
      ["blue", 8],
      ["red", 8],
    ]);
    // Time steps are spread evenly: a draw of each image in each quarter.
    expect(evaluated.byTimestep.map(({ draws }: { draws: number }) => draws)).toEqual([16, 16, 16, 16]);
    const edit = (isOn: boolean) => [{ operation: "moduleOff", module: "transformer_blocks.0.attn1.to_v", isOn }];
    const [off, on] = await Promise.all(
      [false, true].map(async (isOn) => {
        writeFileSync(at(`${isOn}.json`), JSON.stringify(edit(isOn)));
        await stanscopeSucceeds("evaluate", ...from, "--edits", at(`${isOn}.json`), "--output", at(`edited-${isOn}.json`));
        return JSON.parse(readFileSync(at(`edited-${isOn}.json`), "utf8"));
      }),
    );
    expect([off.loss.adapter, off.loss.edited]).toEqual([evaluated.loss.adapter, evaluated.loss.adapter]);
    expect(off.editedMinusAdapter).toEqual({ mean: 0, interval: [0, 0] });
    expect(on.editedMinusAdapter.mean).not.toBe(0);
    expect(evaluated.adapterMinusBase.mean).toBeCloseTo(evaluated.loss.adapter - evaluated.loss.base, 6);
  });

  it("go on after being killed to the same adapter bit for bit", async () => {
    await layAll();
    layConfig({ training: { steps: 60, batchRows: 3, checkpointEvery: 7 } });
    expect((await train("whole")).status).toBe(0);
    const words = ["scripts/stanscope.mjs", "train", "--config", at("config.json"), "--output", at("broken")];
    const child = spawn(process.execPath, words, { stdio: "ignore" });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    const steps = () =>
      existsSync(at("broken/metrics.jsonl")) ? readFileSync(at("broken/metrics.jsonl"), "utf8").split("\n").length - 1 : 0;
    await eventually("step 10", async () => (steps() >= 10 ? true : undefined));
    child.kill("SIGKILL");
    await ended;
    expect(steps()).toBeLessThan(60);
    expect((await train("broken", "--resume")).errors).toMatch(/resumes after step [1-9]/);
    const bytesOf = (run: string) => readFileSync(at(`${run}/adapter_model.safetensors`));
    expect(bytesOf("broken").equals(bytesOf("whole"))).toBe(true);
  });

  it.each(["bfloat16", "nf4"] as const)("train over weights in %s", async (frozenDtype) => {
    await layAll();
    layConfig({ frozenDtype });
    expect((await train()).errors).toContain("finished after 12 steps");
    const [before, after] = linesOf<EvaluationMetrics>("run/evaluations.jsonl");
    expect(after?.loss).toBeLessThan(before?.loss ?? 0);
    layConfig();
    expect((await train("exact")).status).toBe(0);
    const [exact] = linesOf<EvaluationMetrics>("exact/evaluations.jsonl");
    expect(before?.baseLoss).not.toBe(exact?.baseLoss);
    expect(Math.abs((before?.baseLoss ?? 0) / (exact?.baseLoss ?? 1) - 1)).toBeLessThan(0.1);
  });

  it("make images of base model, adapter and edits from one noise, with no edit the adapter's bit for bit", async () => {
    await layAll();
    expect((await train()).status).toBe(0);
    const clamp = { operation: "clamp", latent: { module: "transformer_blocks.0.attn1.to_v", index: 3 }, value: 40 };
    writeFileSync(at("on.json"), JSON.stringify([clamp]));
    writeFileSync(at("off.json"), JSON.stringify([{ ...clamp, isOn: false }]));
    const make = (output: string, ...more: string[]) =>
      stanscopeSucceeds(
        ...["sample", "--model", at("model"), "--adapter", at("run"), "--steps", "6", "--guidance", "1.5", "--classes", "reddish,2"],
        ...["--output", at(output), ...more],
      );
    await make("off", "--edits", at("off.json"));
    await make("on", "--edits", at("on.json"));
    await make("late", "--edits", at("on.json"), "--edit-timesteps", "0-20");
    await make("never", "--edits", at("on.json"), "--edit-timesteps", "900-999");
    const arms = ["base-000.png", "base-001.png", "adapter-000.png", "adapter-001.png", "edited-000.png", "edited-001.png"];
    const [off, on, late, never] = await Promise.all(
      ["off", "on", "late", "never"].map((run) => Promise.all(arms.map((name) => pixelsOf(`${run}/${name}`)))),
    );
    expect(off?.[0]).toHaveLength(8 * 8 * 3);
    expect(off?.slice(4)).toEqual(off?.slice(2, 4));
    expect(off?.[2]).not.toEqual(off?.[0]);
    // The noise is the same whatever the edits.
    for (const other of [on, late, never]) expect(other?.slice(0, 4)).toEqual(off?.slice(0, 4));
    expect(on?.[4]).not.toEqual(off?.[4]);
    expect(late?.[4]).not.toEqual(off?.[4]);
    expect(late?.[4]).not.toEqual(on?.[4]);
    expect(never?.slice(4)).toEqual(off?.slice(4));
    const { images } = JSON.parse(readFileSync(at("off/samples.json"), "utf8"));
    expect(images).toMatchObject([{ class: "red", differences: { editedMinusAdapter: 0 } }, { class: "green" }]);
    expect(images[0].differences.adapterMinusBase).toBeGreaterThan(0);
    const { width, height } = await sharp(readFileSync(at("off/grid.png"))).metadata();
    expect([width, height]).toEqual([2 * 96 + 2, 3 * 96 + 2 * 2]);
  });

  it("collect each image at each time step, by which the statistics are divided", async () => {
    await layAll();
    expect((await train()).status).toBe(0);
    const from = ["collect", "--model", at("model"), "--adapter", at("run"), "--input", at("data"), "--timesteps", "5,45"];
    await stanscopeSucceeds(...from, "--output", at("collected"));
    const rows = tableOf("collected/latents.csv");
    expect(rows).toHaveLength(2 * 24);
    // 16 images of 16 patches at two time steps.
    expect(rows.every(({ tokens }) => Number(tokens) === 2 * 16 * 16)).toBe(true);
    expect(rows.reduce((sum, { fireCount }) => sum + Number(fireCount), 0)).toBe(2 * 4 * 2 * 16 * 16);
    const examples = linesOf<{ position: number; row: number }>("collected/examples.jsonl");
    expect(examples.every(({ position, row }) => position < 16 && row < 32)).toBe(true);
    const divided = tableOf("collected/domains.csv");
    expect(divided).toHaveLength(2 * 48);
    for (const timestep of ["0005", "0045"]) {
      const own = divided.filter(({ domain }) => domain === `time step ${timestep}`);
      expect(own.every(({ tokens }) => Number(tokens) === 16 * 16)).toBe(true);
      expect(own.reduce((sum, { fireCount }) => sum + Number(fireCount), 0)).toBe(2 * 4 * 16 * 16);
    }
    const { status, errors } = await stanscope(...from.slice(0, -1), "5,60", "--output", at("other"));
    expect([status, errors]).toEqual([2, expect.stringContaining("different whole numbers in 0…59")]);
  });

  it.each<[string, () => void | Promise<void>, RegExp]>([
    ["a damaged image", () => truncateSync(at("data/red/3.png"), 60), /red\/3\.png/],
    [
      "a class that the model has not",
      () => cpSync(at("data/red"), at("data/violet"), { recursive: true }),
      /row \d+: "violet" is not one of the model's classes: red, blue, green, grey/,
    ],
    ["no label", () => layRows({ labels: { shape: [2], data: Int32Array.of(0, -100) } }), /labels: row 1 has none/],
    [
      "images of other channels",
      () => layRows({ pixel_values: { shape: [2, 4, 8, 8], data: new Float32Array(512) } }),
      /is of 4×8×8, but the model denoises 3×8×8/,
    ],
    [
      "noise without time steps",
      () => layRows({ noise: { shape: [2, 3, 8, 8], data: new Float32Array(384) } }),
      /has no tensor "timesteps"/,
    ],
    [
      "no scheduler",
      () => rmSync(at("model/scheduler"), { recursive: true }),
      /scheduler_config\.json: no such file; it says how noise is added/,
    ],
    [
      "an unknown scheduler",
      () => writeFileSync(at("model/scheduler/scheduler_config.json"), '{"_class_name": "PNDMScheduler"}'),
      /PNDMScheduler/,
    ],
    ["an autoencoder", () => void mkdirSync(at("model/vae")), /denoises the latents of an autoencoder \(vae\), which is not supported/],
    [
      "a pipeline of another model",
      () => rmSync(at("model/transformer"), { recursive: true }),
      /only diffusion transformers are supported/,
    ],
    ["another task", () => layConfig({ task: { kind: "classification" } }), /task classification needs one/],
    [
      "the task of text",
      () => layConfig({ task: { kind: "languageModel" } }),
      /is a diffusion model, which denoises images; set task to denoising/,
    ],
    ["a head alone", () => layConfig({ adapter: { method: "head" } }), /has no head to train/],
  ])("name %s, and train on nothing", async (_, spoil, message) => {
    await layAll();
    await spoil();
    const { status, errors } = await train();
    expect(errors).toMatch(message);
    expect([status, existsSync(at("run/adapter_model.safetensors"))]).toEqual([1, false]);
  });

  it("say which command reads a diffusion model", async () => {
    layTinyDit(at("model"));
    const generated = await stanscope("generate", "--model", at("model"), "--prompt", "a", "--max-tokens", "3");
    expect(generated.errors).toMatch(/is a diffusion model, which makes images: use the commands train, evaluate, collect and sample/);
    const sampled = await stanscope("sample", "--model", "demo/model", "--output", at("images"));
    expect(sampled.errors).toMatch(/is not a diffusion model/);
    mkdirSync(at("model/vae"));
    const latents = await stanscope("sample", "--model", at("model"), "--output", at("images"));
    expect([latents.status, latents.errors]).toEqual([1, expect.stringMatching(/autoencoder \(vae\)/)]);
  });
});

/** Two prepared images in place of the folder, with these tensors. */
function layRows(tensors: Parameters<typeof writeSafetensors>[1]): void {
  writeSafetensors(at("rows.safetensors"), {
    pixel_values: { shape: [2, 3, 8, 8], data: new Float32Array(384) },
    labels: { shape: [2], data: Int32Array.of(0, 1) },
    ...tensors,
  });
  layConfig({ data: { kind: "tokenRows", path: at("rows.safetensors") } });
}

function tableOf(name: string): Record<string, string>[] {
  const [header = "", ...lines] = readFileSync(at(name), "utf8").trim().split("\n");
  const columns = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((value, column) => [columns[column] ?? "", value])));
}

describe.runIf(fixturesFolder)("the headless commands on the diffusion transformer of the reference values", references, () => {
  it.each(["stan", "lora"] as const)("train %s with PyTorch's losses", async (method) => {
    const { config, reference } = layTinyDenoisingTraining(fixturesFolder ?? "", method, folder);
    await stanscopeSucceeds("train", "--config", config, "--output", at("run"));
    const metrics = linesOf<StepMetrics>("run/metrics.jsonl");
    expect(metrics).toHaveLength(10);
    metrics.forEach(({ loss }, step) => {
      expect(Math.abs(loss - (reference.losses[step] ?? Number.NaN))).toBeLessThan(2e-5);
    });
  });

  it("collect what fires at each time step", async () => {
    const fixture = join(fixturesFolder ?? "", "tiny", "dit");
    layFixtureDit(fixturesFolder ?? "", at("model"));
    const file = openSafetensors(join(fixture, "stats.safetensors"));
    const [noisy, timesteps] = [file.read("noisy"), file.readInts("timesteps")];
    const alphas = alphasCumprod(tinySchedule);
    const size = noisy.length / timesteps.length;
    // Without noise, an image over what its time step leaves of it is that image.
    const clean = noisy.map((value, place) => value / Math.sqrt(alphas[timesteps[Math.floor(place / size)] ?? 0] ?? 1));
    const shape = file.shape("noisy");
    writeSafetensors(at("rows.safetensors"), {
      pixel_values: { shape, data: clean },
      noise: { shape, data: new Float32Array(noisy.length) },
      timesteps: { shape: [timesteps.length], data: timesteps },
      labels: { shape: [timesteps.length], data: file.readInts("class_labels") },
    });
    const adapter = ["--adapter", join(fixture, "stan-m64-k4"), "--input", at("rows.safetensors")];
    await stanscopeSucceeds("collect", "--model", at("model"), ...adapter, "--output", at("collected"));
    const rows = tableOf("collected/latents.csv");
    expect(rows).toHaveLength(4 * 64);
    for (const row of rows) {
      const index = Number(row["index"]);
      expect(Number(row["fireCount"])).toBe(file.readInts(`${row["module"]}.count`)[index]);
    }
    const steps = ["0020", "0350", "0900"].map((step) => `time step ${step}`);
    const divided = tableOf("collected/domains.csv");
    expect(divided).toHaveLength(4 * 64 * 3);
    for (const { module, index, domain = "", fireCount } of divided) {
      const counts = file.readInts(`${module}.count_by_timestep`);
      expect(Number(fireCount)).toBe(counts[3 * Number(index) + steps.indexOf(domain)]);
    }
    file.close();
  });
});
