import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type LoraConfigFile, loraPeft } from "@/lib/contract/methods/lora/peft-file";
import { loraModuleSizes } from "@/lib/contract/methods/lora/settings";
import type { AdapterTensors } from "@/lib/contract/methods/methods";
import { type StanConfigFile, stanPeft, withLatents } from "@/lib/contract/methods/stan/peft-file";
import { stanModuleSizes } from "@/lib/contract/methods/stan/settings";
import type { Matrix } from "@/lib/contract/methods/tensors";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { type BaseProjections, readAdapter, readAdapterConfig, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { readAdapterSizes } from "@/server/files/adapters/adapter-sizes";
import { targetTest } from "@/server/files/adapters/adapter-targets";
import { openSafetensors, type TensorData, writeSafetensors } from "@/server/files/weights/safetensors";
import { fixturesFolder, references, tinyDecoders, tinyEncoders } from "@/tests/support/fixtures";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const q = "model.layers.0.self_attn.q_proj";
const v = "model.layers.0.self_attn.v_proj";
const base: BaseProjections = new Map([
  [q, { dIn: 5, dOut: 7 }],
  [v, { dIn: 5, dOut: 3 }],
  ["model.layers.0.mlp.up_proj", { dIn: 5, dOut: 11 }],
]);
const stanModuleSettings = (config: StanConfigFile, module: string) => stanModuleSizes(stanPeft.settings(config), module);
const loraModuleSettings = (config: LoraConfigFile, module: string) => loraModuleSizes(loraPeft.settings(config), module);
const about = { baseModel: "tiny", revision: null, fanInFanOut: false };
const stan = toAdapterConfigFile(
  {
    method: "stan",
    numLatents: 13,
    k: 2,
    alpha: 1,
    selection: "abs",
    init: "zero",
    targets: { modules: ["q_proj", "v_proj"], layers: null },
  },
  about,
);
const lora = toAdapterConfigFile({ method: "lora", rank: 2, alpha: 8, targets: { modules: ["q_proj"], layers: null } }, about);

describe("an adapter folder", () => {
  it("gives back the STAN adapter that was written", () => {
    const folder = stanFolder();
    const { config, tensors, savedTensors } = readAdapter(folder, base);
    expect(config).toEqual(stan);
    expect([...tensors]).toEqual([...stanTensors()]);
    expect(savedTensors.size).toBe(0);
  });

  it("holds the thresholds of BatchTopK, and says what one is where it is missing", () => {
    const config = toAdapterConfigFile(
      {
        method: "stan",
        numLatents: 13,
        k: 2,
        alpha: 1,
        selection: "signed",
        init: "zero",
        sparsity: "batchtopk",
        targets: { modules: ["q_proj"], layers: null },
      },
      about,
    );
    expect(config).toMatchObject({ sparsity: "batchtopk", stan_format_version: 2 });
    const matrices = { E: matrix(13, 5), D: matrix(7, 13) };
    const threshold = { shape: [1] as const, data: Float32Array.of(0.3) };
    const tensors = new Map([[q, { ...matrices, threshold }]]);
    const folder = join(temporaryFolder(), "adapter");
    writeAdapter(folder, { config, tensors });
    const read = readAdapter(folder, base);
    expect(read.config).toEqual(config);
    expect([...read.tensors]).toEqual([...tensors]);
    const without = join(temporaryFolder(), "adapter");
    writeAdapter(without, { config, tensors: new Map([[q, matrices]]) });
    expect(() => readAdapter(without, base)).toThrow(
      /adapter_model.safetensors.* is missing the tensor ".*q_proj.stan_threshold", the threshold above which BatchTopK keeps a latent/,
    );
    editConfig(folder, { sparsity: undefined });
    expect(() => readAdapter(folder, base)).toThrow(/tensor ".*stan_threshold" is not part of a STAN adapter with these settings/);
  });

  it("gives back the LoRA adapter that was written", () => {
    const folder = join(temporaryFolder(), "adapter");
    const tensors = new Map([[q, { A: matrix(2, 5), B: matrix(7, 2) }]]);
    writeAdapter(folder, { config: lora, tensors });
    expect([...readAdapter(folder, base).tensors]).toEqual([...tensors]);
  });

  it("may keep more latents than a module has: then all of them", () => {
    const folder = stanFolder();
    editConfig(folder, { k_pattern: { v_proj: 14 } });
    const { config, tensors } = readAdapter(folder, base);
    expect(config.peft_type === "STAN" && stanModuleSettings(config, v)).toMatchObject({ numLatents: 13, k: 14 });
    expect([...tensors]).toEqual([...stanTensors()]);
  });

  it("may hold modules of different widths, each under its whole name", () => {
    if (stan.peft_type !== "STAN") throw new Error("the configuration is STAN's");
    const sizes = new Map([
      [q, 11],
      [v, 13],
    ]);
    // A pattern of before must not win over a module's own size.
    const config = withLatents({ ...stan, latents_pattern: { "layers.0.self_attn.*": 12 } }, sizes);
    expect(config.latents_pattern).toEqual({ "^model\\.layers\\.0\\.self_attn\\.q_proj": 11 });
    expect(stanModuleSettings(config, q)).toEqual({ numLatents: 11, k: 2, alpha: 1, scaling: 0.5 });
    expect(stanModuleSettings(config, `other.${q}`)).toMatchObject({ numLatents: 13 });
    const folder = join(temporaryFolder(), "adapter");
    const tensors = new Map([
      [q, { E: matrix(11, 5), D: matrix(7, 11) }],
      [v, { E: matrix(13, 5), D: matrix(3, 13) }],
    ]);
    writeAdapter(folder, { config, tensors });
    expect([...readAdapter(folder, base).tensors]).toEqual([...tensors]);
    expect(readAdapterSizes(folder)).toEqual(sizes);
  });

  it("tells the rank of LoRA modules from its header alone", () => {
    const folder = join(temporaryFolder(), "adapter");
    writeAdapter(folder, { config: lora, tensors: new Map([[q, { A: matrix(2, 5), B: matrix(7, 2) }]]) });
    expect(readAdapterSizes(folder)).toEqual(new Map([[q, 2]]));
    expect(() => readAdapterSizes(temporaryFolder())).toThrow(/adapter_model.safetensors/);
  });

  it("has sorted keys, and keeps keys that are not known", () => {
    const folder = stanFolder();
    editConfig(folder, { zebra: { b: 1, a: [] } });
    const read = readAdapter(folder, base);
    const copy = join(temporaryFolder(), "copy");
    writeAdapter(copy, read);
    const text = readFileSync(join(copy, "adapter_config.json"), "utf8");
    const keys = Object.keys(JSON.parse(text));
    expect(keys).toEqual([...keys].sort());
    expect(text).toContain('  "zebra": {\n    "a": [],\n    "b": 1\n  }');
  });

  it("leaves other files of an existing folder alone", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "metrics.jsonl"), "{}\n");
    writeAdapter(folder, { config: stan, tensors: stanTensors() });
    expect(readdirSync(folder).sort()).toEqual(["adapter_config.json", "adapter_model.safetensors", "metrics.jsonl"]);
  });

  it("is signed when it names no selection", () => {
    const folder = stanFolder();
    editConfig(folder, { selection: undefined, activation: "topk" });
    expect(readAdapter(folder, base).config).toMatchObject({ selection: "signed", activation: "topk" });
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    [
      "a missing tensor",
      (folder) => editTensors(folder, { [key(v, "stan_D")]: undefined }),
      /adapter_model.safetensors: is missing the tensor "base_model.model.model.layers.0.self_attn.v_proj.stan_D.weight"/,
    ],
    [
      "a module without tensors",
      (folder) => editTensors(folder, { [key(v, "stan_D")]: undefined, [key(v, "stan_E")]: undefined }),
      /is missing the tensors of the target module "model.layers.0.self_attn.v_proj"/,
    ],
    [
      "a tensor of no known kind",
      (folder) => editTensors(folder, { "base_model.model.lm_head.weight": matrix(2, 3) }),
      /tensor "base_model.model.lm_head.weight" is not part of a STAN adapter/,
    ],
    [
      "a tensor of a module that is no target",
      (folder) => editTensors(folder, { [key("model.layers.0.mlp.up_proj", "stan_E")]: matrix(13, 5) }),
      /up_proj.stan_E.weight" does not belong to any target module/,
    ],
    [
      "a module that the base model lacks",
      (folder) => editTensors(folder, { [key("model.layers.9.self_attn.q_proj", "stan_E")]: matrix(13, 5) }),
      /adapts "model.layers.9.self_attn.q_proj", which is not a linear projection of the base model's layers/,
    ],
    [
      "a wrong width",
      (folder) => editTensors(folder, { [key(q, "stan_E")]: matrix(13, 6) }),
      /q_proj.stan_E.weight" has shape \[13, 6\], expected \[13, 5\]/,
    ],
    [
      "a wrong number of latents",
      (folder) => editTensors(folder, { [key(q, "stan_D")]: matrix(7, 12) }),
      /q_proj.stan_D.weight" has shape \[7, 12\], expected \[7, 13\]/,
    ],
    [
      "a value that is not a number",
      (folder) => editTensors(folder, { [key(q, "stan_E")]: { shape: [13, 5], data: new Float32Array(65).fill(Number.NaN, 7, 8) } }),
      /q_proj.stan_E.weight" contains NaN; use an earlier checkpoint/,
    ],
    [
      "a target that matches nothing",
      (folder) => editConfig(folder, { target_modules: ["q_proj", "v_proj", "gate"] }),
      /target_modules: "gate" matches no module of the base model; its modules are q_proj, v_proj, up_proj/,
    ],
    ["another kind of adapter", (folder) => editConfig(folder, { peft_type: "IA3" }), /adapter_config.json: peft_type is not supported/],
    ["a missing key", (folder) => editConfig(folder, { k: undefined }), /adapter_config.json: key "k"/],
    [
      "an expression that is none",
      (folder) => editConfig(folder, { target_modules: "(" }),
      /key "target_modules": is not a valid .*missing closing/,
    ],
    ["a back reference", (folder) => editConfig(folder, { target_modules: "(.)\\1" }), /Back references are not supported/],
    ["a size for names with one", (folder) => editConfig(folder, { k_pattern: { "(.)\\1": 2 } }), /key "k_pattern.*Back references/],
    [
      "a later format",
      (folder) => editConfig(folder, { stan_format_version: 4 }),
      /key "stan_format_version": only versions 1 to 3 are supported/,
    ],
    [
      "a head that is not in the file",
      (folder) => editConfig(folder, { task_type: "SEQ_CLS", modules_to_save: ["classifier"] }),
      /contains none of the modules that the task needs \(classifier\)/,
    ],
  ])("is refused for %s", (_, damage, message) => {
    const folder = stanFolder();
    damage(folder);
    expect(() => readAdapter(folder, base)).toThrow(message);
  });

  it("gives back the magnitudes of DoRA, and is refused where they are missing, too many or unasked for", () => {
    const folder = join(temporaryFolder(), "adapter");
    const magnitude = { shape: [7] as const, data: Float32Array.of(1, 2, 3, 4, 5, 6, 7) };
    const tensors = new Map([[q, { A: matrix(2, 5), B: matrix(7, 2), magnitude }]]);
    writeAdapter(folder, { config: { ...lora, use_dora: true }, tensors });
    expect([...readAdapter(folder, base).tensors]).toEqual([...tensors]);
    expect(readAdapterSizes(folder)).toEqual(new Map([[q, 2]]));
    const name = `base_model.model.${q}.lora_magnitude_vector`;
    editConfig(folder, { use_dora: false });
    expect(() => readAdapter(folder)).toThrow(`tensor "${name}" is not part of a LORA adapter with these settings`);
    editConfig(folder, { use_dora: true });
    editTensors(folder, { [name]: { shape: [6], data: magnitude.data.slice(1) } });
    expect(() => readAdapter(folder)).toThrow(`tensor "${name}" has shape [6], expected [7]`);
    editTensors(folder, { [name]: undefined });
    expect(() => readAdapter(folder)).toThrow(`is missing the tensor "${name}"`);
  });

  it("keeps the tensors of modules that were trained whole", () => {
    const folder = join(temporaryFolder(), "adapter");
    const config = { ...stan, task_type: "SEQ_CLS", modules_to_save: ["classifier"] };
    const savedTensors = new Map([["classifier.dense.weight", matrix(3, 5)]]);
    writeAdapter(folder, { config, tensors: stanTensors(), savedTensors });
    expect([...readAdapter(folder, base).savedTensors]).toEqual([...savedTensors]);
  });
});

describe("module patterns", () => {
  it("give a module its own rank, alpha and scaling", () => {
    const config = {
      ...lora,
      peft_type: "LORA" as const,
      r: 4,
      lora_alpha: 8,
      rank_pattern: { "layers.0.self_attn.q_proj": 16 },
      alpha_pattern: { "^model.*v_proj": 2 },
    };
    expect(loraModuleSettings(config, q)).toEqual({ rank: 16, alpha: 8, scaling: 0.5 });
    expect(loraModuleSettings(config, v)).toEqual({ rank: 4, alpha: 2, scaling: 0.5 });
    expect(loraModuleSettings({ ...config, use_rslora: true }, q).scaling).toBe(2);
  });

  it("give a module its own width and k", () => {
    const config = {
      ...stan,
      peft_type: "STAN" as const,
      num_latents: 13,
      k: 2,
      stan_alpha: 1,
      selection: "signed" as const,
      k_pattern: { v_proj: 3 },
      latents_pattern: { v_proj: 17 },
    };
    expect(stanModuleSettings(config, v)).toEqual({ numLatents: 17, k: 3, alpha: 1, scaling: 1 / 3 });
    expect(stanModuleSettings(config, q)).toEqual({ numLatents: 13, k: 2, alpha: 1, scaling: 0.5 });
  });
});

describe("a target", () => {
  it.each<[Parameters<typeof targetTest>[0], string, boolean]>([
    [{ target_modules: ["q_proj"] }, q, true],
    [{ target_modules: ["proj"] }, q, false],
    [{ target_modules: [q] }, q, true],
    [{ target_modules: ".*\\.(q|k)_proj" }, q, true],
    [{ target_modules: "q_proj" }, q, false],
    [{ target_modules: "^(?!.*lm_head).*_proj$" }, q, true],
    [{ target_modules: "(.+)+!" }, q, false],
    [{ target_modules: ["q_proj"], exclude_modules: "(.+)+!" }, q, true],
    [{ target_modules: ["q_proj"], layers_to_transform: [0], layers_pattern: "(?:(?:.+)+)+!" }, q, false],
    [{ target_modules: "all-linear" }, q, true],
    [{ target_modules: "all-linear" }, "lm_head", false],
    [{ target_modules: ["q_proj"], exclude_modules: [q] }, q, false],
    [{ target_modules: ["q_proj"], layers_to_transform: [1, 2] }, q, false],
    [{ target_modules: ["q_proj"], layers_to_transform: 0 }, q, true],
    [{ target_modules: ["q_proj"], layers_to_transform: [0], layers_pattern: "layers" }, q, true],
    [{ target_modules: ["q_proj"], layers_to_transform: [0], layers_pattern: ["h"] }, q, false],
  ])("%j is matched against %s as PEFT does", (config, module, expected) => {
    expect(targetTest(config)(module)).toBe(expected);
  });
});

describe.runIf(fixturesFolder)("adapters that PEFT and the reference wrote", references, () => {
  const architectures = [...tinyDecoders, "phi3-longrope", ...tinyEncoders];

  it.each(architectures.flatMap((name) => [`${name}/stan-m64-k4`, `${name}/lora-r4`]))(
    "%s is read and written to the same tensors",
    (name) => {
      const source = join(fixturesFolder ?? "", "tiny", name);
      const adapter = readAdapter(source);
      const copy = join(temporaryFolder(), "copy");
      writeAdapter(copy, adapter);
      expect(tensorsOf(copy)).toEqual(tensorsOf(source));
      expect(readAdapterConfig(copy)).toEqual(adapter.config);
      expect(JSON.parse(readFileSync(join(copy, "adapter_config.json"), "utf8"))).toMatchObject(
        JSON.parse(readFileSync(join(source, "adapter_config.json"), "utf8")),
      );
    },
  );

  it("name the modules of the base model", () => {
    const adapter = readAdapter(join(fixturesFolder ?? "", "tiny/gpt2/lora-r4"));
    expect([...adapter.tensors.keys()]).toEqual(["transformer.h.0.attn.c_attn", "transformer.h.1.attn.c_attn"]);
    const folder = temporaryFolder();
    cpSync(join(fixturesFolder ?? "", "tiny/gpt2/lora-r4"), folder, { recursive: true });
    expect(existsSync(join(folder, "adapter_config.json"))).toBe(true);
    expect(() => readAdapter(folder, base)).toThrow('target_modules: "c_attn" matches no module of the base model');
  });
});

function matrix(rows: number, columns: number): Matrix {
  return { shape: [rows, columns], data: Float32Array.from({ length: rows * columns }, (_, i) => rows + i / 8) };
}

function stanTensors(): Map<string, AdapterTensors> {
  return new Map([
    [q, { E: matrix(13, 5), D: matrix(7, 13) }],
    [v, { E: matrix(13, 5), D: matrix(3, 13) }],
  ]);
}

function stanFolder(): string {
  const folder = join(temporaryFolder(), "adapter");
  writeAdapter(folder, { config: stan, tensors: stanTensors() });
  return folder;
}

function key(module: string, part: string): string {
  return `base_model.model.${module}.${part}.weight`;
}

/** Keys whose value is undefined are removed. */
function editConfig(folder: string, changes: Record<string, unknown>): void {
  const path = join(folder, "adapter_config.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
}

function editTensors(folder: string, changes: Record<string, TensorData | undefined>): void {
  const kept = Object.entries({ ...tensorsOf(folder), ...changes }).flatMap(([name, tensor]) =>
    tensor === undefined ? [] : [[name, tensor] as const],
  );
  writeSafetensors(join(folder, "adapter_model.safetensors"), Object.fromEntries(kept));
}

function tensorsOf(folder: string): Record<string, { shape: readonly number[]; data: Float32Array }> {
  const file = openSafetensors(join(folder, "adapter_model.safetensors"));
  const tensors = Object.fromEntries(file.names().map((name) => [name, { shape: file.shape(name), data: file.read(name) }]));
  file.close();
  return tensors;
}
