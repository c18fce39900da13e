import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { importRunRequest } from "@/lib/contract/import-run";
import { runDetail } from "@/lib/contract/run";
import { latentConfig } from "@/lib/contract/run-config";
import { upsertDataSet } from "@/server/db/library/data-sets";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { writeTar } from "@/server/interop/archives/write-tar";
import { getRun } from "@/server/services/runs/get-run";
import { importRun } from "@/server/services/runs/import-run";
import { importUpload } from "@/server/services/runs/import-upload";
import { listRuns } from "@/server/services/runs/list-runs";
import { changeConfig, changeTensors, copyAdapter, installModel, renameTensors } from "@/tests/support/elsewhere";
import { pointOfStep } from "@/tests/support/run-curve";
import { freshContext } from "@/tests/support/service-context";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const context = await freshContext();
const llama = await installModel(context, "llama-odd");
await installModel(context, "gpt2-narrow");
const stan = "stan-peft/llama-patterns";
const lora = "peft/llama-rslora";
const vera = "peft/llama-vera";

const take = (path: string, more: object = {}) => importRun(context, importRunRequest.parse({ path, ...more }));

function tensorsOf(folder: string): Record<string, number[]> {
  const file = openSafetensors(join(folder, "adapter_model.safetensors"));
  const tensors = Object.fromEntries(file.names().map((name) => [name, [...file.read(name)]]));
  file.close();
  return tensors;
}

/** Writes a file's tensors as BF16: the upper halves of their float32 values. */
function narrowToBfloat16(path: string): void {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
  const values = new Uint16Array(bytes.buffer.slice(bytes.byteOffset + 8 + length, bytes.byteOffset + bytes.length));
  for (const [name, entry] of Object.entries<{ dtype: string; data_offsets: number[] }>(header)) {
    if (name !== "__metadata__") header[name] = { ...entry, dtype: "BF16", data_offsets: entry.data_offsets.map((offset) => offset / 2) };
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  const upper = values.filter((_, at) => at % 2 === 1);
  writeFileSync(path, Buffer.concat([size, text, new Uint8Array(upper.buffer)]));
}

/** How many runs and run folders there are: a refused import must leave both as they were. */
async function held() {
  const folder = context.artefacts.path("runs");
  return { runs: (await listRuns(context)).runs.length, folders: existsSync(folder) ? readdirSync(folder) : [] };
}

describe("an import", () => {
  it("takes a STAN adapter in whole, over the installed model that its file names, and marks the run", async () => {
    const run = await take(copyAdapter(stan), { name: "from Python" });
    expect(run).toMatchObject({
      name: "from Python",
      method: "stan",
      modelId: llama,
      dataName: "data not known",
      status: "finished",
      seed: null,
      isImported: true,
      isResumable: false,
      latestEvaluation: null,
      cost: { medianStepMs: null, peakMemoryBytes: null },
    });
    const adapter = context.artefacts.path(`runs/${run.id}/adapter`);
    expect(tensorsOf(adapter)).toEqual(tensorsOf(join("tests/golden", stan)));
    const numbers = Object.values(tensorsOf(adapter)).flat().length;
    expect(run.cost?.trainableParameters).toBe(numbers);
    const detail = runDetail.parse(await getRun(context, run.id));
    expect(detail.config).toMatchObject({
      data: null,
      training: null,
      adapter: { numLatents: 13, k: 3, latentsPattern: { v_proj: 7 }, kPattern: { down_proj: 5 }, targets: { layers: null } },
    });
    expect(detail.imported).toMatchObject({ baseModelName: "llama-odd", maxSteps: null, epochs: null, evaluations: [], stated: {} });
    expect(detail.metrics).toEqual([]);
  });

  it.each<[string, (name: string) => string]>([
    ["with the adapter’s own name in them", (name) => name.replace(/\.weight$/, ".default.weight")],
    ["without base_model.model.", (name) => name.replace("base_model.model.", "")],
    ["with another adapter’s name and no prefix", (name) => name.replace("base_model.model.", "").replace(/\.weight$/, ".my_task.weight")],
  ])("takes tensors named %s", async (_, rename) => {
    for (const golden of [stan, lora, "peft/llama-dora", vera]) {
      const folder = copyAdapter(golden);
      renameTensors(folder, (name) => (/(magnitude_vector|vera_\w+)$/.test(name) ? rename(`${name}.weight`) : rename(name)));
      const run = await take(folder);
      expect(tensorsOf(context.artefacts.path(`runs/${run.id}/adapter`))).toEqual(tensorsOf(join("tests/golden", golden)));
    }
  });

  it.each([
    [String.raw`.*\.(q|v|down)_proj`, { modules: ["down_proj", "q_proj", "v_proj"], layers: null }],
    [String.raw`.*layers\.(0|1)\..*(q_proj|v_proj|down_proj)`, { modules: ["down_proj", "q_proj", "v_proj"], layers: null }],
  ])("writes the expression %s as the list that means the same modules", async (expression, targets) => {
    const folder = copyAdapter(stan);
    changeConfig(folder, { target_modules: expression });
    expect(latentConfig.parse((await getRun(context, (await take(folder)).id)).config.adapter).targets).toEqual(targets);
  });

  it("keeps layers where an expression means some, and whole names where no list means the same", async () => {
    const folder = copyAdapter(stan);
    const targetsOf = async (expression: string, isKept: (name: string) => boolean) => {
      changeConfig(folder, { target_modules: expression });
      changeTensors(folder, (tensors) => Object.fromEntries(Object.entries(tensors).filter(([name]) => isKept(name))));
      return latentConfig.parse((await getRun(context, (await take(folder)).id)).config.adapter).targets;
    };
    const first = "model.layers.0.self_attn.q_proj";
    expect(await targetsOf(String.raw`.*\.(q|v)_proj|.*1\.mlp\.down_proj`, (name) => !name.includes("0.mlp.down"))).toEqual({
      modules: [
        first,
        "model.layers.0.self_attn.v_proj",
        ...["mlp.down_proj", "self_attn.q_proj", "self_attn.v_proj"].map((name) => `model.layers.1.${name}`),
      ],
      layers: null,
    });
    const ofLayer1 = String.raw`.*layers\.1\.(self_attn\.(q|v)_proj|mlp\.down_proj)`;
    expect(await targetsOf(ofLayer1, (name) => name.includes("layers.1."))).toEqual({
      modules: ["down_proj", "q_proj", "v_proj"],
      layers: [1],
    });
  });

  it.each(["gaussian", "eva", "orthogonal", false])(
    "takes an adapter that began as %s: what the base model was is what it is",
    async (init) => {
      const folder = copyAdapter(lora);
      changeConfig(folder, { init_lora_weights: init });
      expect((await take(folder)).isImported).toBe(true);
    },
  );

  it("takes matrices of half precision, which are exact in ours", async () => {
    const folder = copyAdapter(lora);
    const path = join(folder, "adapter_model.safetensors");
    narrowToBfloat16(path);
    const narrow = tensorsOf(folder);
    const run = await take(folder);
    expect(tensorsOf(context.artefacts.path(`runs/${run.id}/adapter`))).toEqual(narrow);
    expect(narrow).not.toEqual(tensorsOf(join("tests/golden", lora)));
  });

  it("finds an adapter that PEFT saved under its own name", async () => {
    const folder = join(temporaryFolder(), "outputs");
    copyAdapter(lora, join(folder, "my_task"));
    expect((await take(folder)).name).toBe("outputs");
  });

  it("says of a DoRA adapter what its file says", async () => {
    const run = await take(copyAdapter("peft/llama-dora"));
    const { config } = await getRun(context, run.id);
    expect(config.adapter).toMatchObject({ method: "lora", rank: 4, alpha: 6, useDora: true });
  });

  it("finds the newest checkpoint in a trainer's folder, with the state beside it", async () => {
    const output = join(temporaryFolder(), "outputs");
    copyAdapter(lora, join(output, "checkpoint-9"));
    copyAdapter(lora, join(output, "checkpoint-20"));
    const state = (step: number) => JSON.stringify({ global_step: step, max_steps: 30, log_history: [{ step, loss: 1.5 }] });
    writeFileSync(join(output, "checkpoint-9", "trainer_state.json"), state(9));
    writeFileSync(join(output, "checkpoint-20", "trainer_state.json"), state(20));
    const run = await take(output);
    expect(run).toMatchObject({ name: "outputs checkpoint-20", step: 20 });
    expect((await getRun(context, run.id)).imported).toMatchObject({ maxSteps: 30, curveFiles: ["trainer_state.json"] });
  });

  it("keeps the logged curve, blank where the log is silent", async () => {
    const folder = copyAdapter(lora);
    const history = [
      { step: 5, loss: 2.5, grad_norm: 1.25, learning_rate: 1e-4, epoch: 0.1 },
      { step: 5, eval_loss: 2.25, eval_runtime: 3 },
      { step: 10, loss: 2, learning_rate: 5e-5, num_input_tokens_seen: 700 },
    ];
    writeFileSync(join(folder, "trainer_state.json"), JSON.stringify({ global_step: 10, max_steps: 10, epoch: 2, log_history: history }));
    const detail = runDetail.parse(await getRun(context, (await take(folder)).id));
    const unknown = { labelTokens: null, seconds: null };
    expect(detail.metrics).toEqual([
      pointOfStep({ step: 5, loss: 2.5, gradNorm: 1.25, learningRate: 1e-4, tokens: null, ...unknown }),
      pointOfStep({ step: 10, loss: 2, gradNorm: null, learningRate: 5e-5, tokens: 700, ...unknown }),
    ]);
    expect(detail.imported?.evaluations).toEqual([{ step: 5, loss: 2.25 }]);
    expect(detail.evaluations).toEqual([]);
  });

  it("takes a data set for reading, and refuses a column that it lacks", async () => {
    const summary = {
      format: "jsonl",
      rows: 3,
      sizeBytes: 9,
      columns: [{ name: "text", samples: [] }],
      mapping: null,
      domains: [],
      splits: [],
    };
    await upsertDataSet(context.store.db, { id: "d", name: "rows", path: "/nowhere/rows.jsonl", licence: null, ...summary });
    const data = (text: string) => ({ data: { kind: "dataSet", dataSetId: "d", mapping: { kind: "text", text } } });
    const run = await take(copyAdapter(lora), data("text"));
    expect(run.dataName).toBe("rows");
    expect((await getRun(context, run.id)).config.data).toMatchObject({ dataSetId: "d", path: "/nowhere/rows.jsonl" });
    await expect(take(copyAdapter(lora), data("body"))).rejects.toMatchObject({ code: "invalid", field: "data.mapping.text" });
  });
});

describe("a refused import names what is wrong, and leaves nothing behind:", () => {
  const first = "base_model.model.model.layers.0.self_attn.q_proj.stan_E.weight";
  const cases: [string, RegExp, (folder: string) => void][] = [
    [
      "a missing tensor",
      /is missing the tensor "base_model.*layers\.0\.self_attn\.q_proj\.stan_E/,
      (folder) => changeTensors(folder, ({ [first]: _, ...rest }) => rest),
    ],
    [
      "a wrong shape",
      /stan_E\.weight" has shape \[2, 17\], expected \[2, 18\]/,
      (folder) => changeTensors(folder, (tensors) => ({ ...tensors, [first]: { shape: [2, 17], data: new Float32Array(34) } })),
    ],
    [
      "an extra tensor",
      /tensor "base_model\.model\.lm_head\.weight" is not part/,
      (folder) =>
        changeTensors(folder, (tensors) => ({ ...tensors, "base_model.model.lm_head.weight": { shape: [1], data: new Float32Array(1) } })),
    ],
    [
      "a target that matches nothing",
      /"c_attn" matches no module of the base model/,
      (folder) => changeConfig(folder, { target_modules: ["q_proj", "v_proj", "down_proj", "c_attn"] }),
    ],
    [
      "a module in full",
      /classifier\.weight" in full \(modules_to_save\)/,
      (folder) => {
        changeConfig(folder, { modules_to_save: ["classifier"] });
        const name = "base_model.model.classifier.modules_to_save.default.weight";
        changeTensors(folder, (tensors) => ({ ...tensors, [name]: { shape: [2, 3], data: new Float32Array(6) } }));
      },
    ],
    [
      "one tensor under two names",
      /are the same tensor/,
      (folder) =>
        changeTensors(folder, (tensors) => ({
          ...tensors,
          [first.replace(".weight", ".default.weight")]: { shape: [1], data: new Float32Array(1) },
        })),
    ],
    [
      "a pickle",
      /adapter_model\.bin: is a pickle.*save_pretrained/,
      (folder) => renameSync(join(folder, "adapter_model.safetensors"), join(folder, "adapter_model.bin")),
    ],
    [
      "a file that was cut off",
      /adapter_model\.safetensors: .*(?:truncated|past the end|bytes)/,
      (folder) => {
        const path = join(folder, "adapter_model.safetensors");
        writeFileSync(path, readFileSync(path).subarray(0, -5));
      },
    ],
    [
      "a file that is no safetensors",
      /adapter_model\.safetensors: declares a header/,
      (folder) => writeFileSync(join(folder, "adapter_model.safetensors"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
    ],
    [
      "no matrices at all",
      /adapter_model\.safetensors: is missing.*save_pretrained/,
      (folder) => rmSync(join(folder, "adapter_model.safetensors")),
    ],
    [
      "matrices of another size than its file says",
      /stan_E\.weight" has shape \[13, \d+\], expected \[12, \d+\]/,
      (folder) => changeConfig(folder, { num_latents: 12 }),
    ],
    [
      "values that are not numbers",
      /stan_E\.weight" contains NaN; use an earlier checkpoint/,
      (folder) =>
        changeTensors(folder, (tensors) => ({ ...tensors, [first]: { shape: [2, 18], data: new Float32Array(36).fill(Number.NaN) } })),
    ],
    [
      "a configuration that is no JSON",
      /adapter_config\.json: is not valid JSON/,
      (folder) => writeFileSync(join(folder, "adapter_config.json"), "{"),
    ],
    ["a method that is not read", /peft_type/, (folder) => changeConfig(folder, { peft_type: "IA3" })],
    [
      "a damaged log",
      /trainer_state\.json.*log_history\.0\.loss/,
      (folder) => writeFileSync(join(folder, "trainer_state.json"), JSON.stringify({ log_history: [{ step: 1, loss: "low" }] })),
    ],
  ];

  it.each(cases)("%s", async (_, message, damage) => {
    const folder = copyAdapter(stan);
    damage(folder);
    const before = await held();
    await expect(take(folder, { modelId: llama })).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(message) });
    await expect(take(folder, { modelId: llama })).rejects.toMatchObject({ message: expect.stringContaining(folder) });
    expect(await held()).toEqual(before);
  });

  const options: [string, Record<string, unknown>, RegExp][] = [
    ["trained biases", { bias: "lora_only" }, /"bias": trained biases/],
    ["biases on B", { lora_bias: true }, /"lora_bias": biases on B/],
    ["PiSSA", { init_lora_weights: "pissa_niter_4" }, /"init_lora_weights": .*path_initial_model_for_weight_conversion/],
    ["OLoRA", { init_lora_weights: "OLoRA" }, /"init_lora_weights": .*changed the base model/],
    ["CorDA", { init_lora_weights: "corda" }, /"init_lora_weights": .*changed the base model/],
    ["LoftQ", { init_lora_weights: "loftq" }, /"init_lora_weights": .*changed the base model/],
    ["aLoRA", { alora_invocation_tokens: [3] }, /"alora_invocation_tokens": .*aLoRA/],
    ["BD-LoRA", { use_bdlora: {} }, /"use_bdlora"/],
    ["KaSA", { kasa_config: {} }, /"kasa_config"/],
    ["Arrow", { arrow_config: {} }, /"arrow_config"/],
    ["QALoRA", { use_qalora: true }, /"use_qalora"/],
    ["replicated layers", { layer_replication: [[0, 2]] }, /"layer_replication"/],
    ["trained tokens", { trainable_token_indices: [3] }, /"trainable_token_indices"/],
    ["adapted parameters", { target_parameters: ["experts.weight"] }, /"target_parameters"/],
    ["a head over a model that continues text", { task_type: "SEQ_CLS", modules_to_save: ["score"] }, /contains none of the modules/],
  ];

  it.each(options)("an option of PEFT's LoRA that is not known: %s", async (_, changes, message) => {
    const folder = copyAdapter(lora);
    changeConfig(folder, changes);
    const before = await held();
    await expect(take(folder)).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(message) });
    expect(await held()).toEqual(before);
  });

  it("a base model that is not there, is not named, or is another", async () => {
    const folder = copyAdapter(stan);
    await expect(take(folder, { modelId: "nowhere" })).rejects.toMatchObject({ field: "modelId" });
    await expect(take(folder, { modelId: "model-gpt2-narrow" })).rejects.toMatchObject({
      message: expect.stringMatching(/q_proj|down_proj/),
    });
    changeConfig(folder, { base_model_name_or_path: "meta/none-such" });
    await expect(take(folder)).rejects.toMatchObject({ field: "modelId", message: expect.stringMatching(/"meta\/none-such"/) });
    changeConfig(folder, { base_model_name_or_path: null });
    await expect(take(folder)).rejects.toMatchObject({ field: "modelId", message: expect.stringMatching(/names no base model/) });
  });

  it("a folder without an adapter, or with several", async () => {
    const folder = temporaryFolder();
    await expect(take(folder)).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(/adapter_config\.json/) });
    copyAdapter(stan, join(folder, "one"));
    copyAdapter(stan, join(folder, "two"));
    await expect(take(folder)).rejects.toMatchObject({ message: expect.stringMatching(/several adapters \(one, two\)/) });
  });
});

describe("an upload", () => {
  async function* archiveOf(folder: string) {
    const names = readdirSync(folder);
    yield* writeTar(names.map((name) => ({ name: `${basename(dirname(folder))}/${name}`, path: join(folder, name) })));
  }

  it("is unpacked, imported and gone", async () => {
    const folder = copyAdapter(stan);
    const run = await importUpload(context, "my-adapter.tar", { data: null }, archiveOf(folder));
    expect(run).toMatchObject({ name: "my-adapter", isImported: true });
    expect((await getRun(context, run.id)).imported?.source).toBe("my-adapter");
    expect(readdirSync(context.artefacts.path("imports"))).toEqual([]);
  });

  it("is refused under its own name, and gone too", async () => {
    const folder = copyAdapter(stan);
    changeConfig(folder, { num_latents: 12 });
    const before = await held();
    const refused = importUpload(context, "my-adapter.tar", { data: null }, archiveOf(folder));
    await expect(refused).rejects.toMatchObject({ message: expect.stringMatching(/^my-adapter\.tar.*down_proj\.stan_E/) });
    await expect(importUpload(context, "adapter.zip", { data: null }, archiveOf(folder))).rejects.toMatchObject({ field: "name" });
    expect(await held()).toEqual(before);
    expect(readdirSync(context.artefacts.path("imports"))).toEqual([]);
  });
});

it("an import does not touch the folder that it reads", async () => {
  const folder = copyAdapter(lora);
  mkdirSync(join(folder, "runs"));
  const before = ["adapter_config.json", "adapter_model.safetensors"].map((name) => readFileSync(join(folder, name)));
  await take(folder);
  expect(["adapter_config.json", "adapter_model.safetensors"].map((name) => readFileSync(join(folder, name)))).toEqual(before);
  expect(readdirSync(folder).sort()).toEqual(["adapter_config.json", "adapter_model.safetensors", "runs"]);
});
