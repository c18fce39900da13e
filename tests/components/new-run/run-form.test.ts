import { describe, expect, it } from "vitest";
import { parsePattern, writePattern } from "@/components/methods/fields/pattern-list";
import { matricesSize } from "@/components/methods/form-method";
import { formMethodOf } from "@/components/methods/forms";
import { rankOf } from "@/components/methods/lora/form";
import { checkForm } from "@/components/new-run/check-form";
import { countParameters, sumOver } from "@/components/new-run/count-parameters";
import { defaultRates, ratesForTask } from "@/components/new-run/default-rates";
import { formFromJson, formOf } from "@/components/new-run/form-of-config";
import { guessMapping, rowUseOf, undecided, unusedColumns } from "@/components/new-run/guess-mapping";
import { parseLayers, writeLayers } from "@/components/new-run/layer-list";
import { runConfigsOf } from "@/components/new-run/run-configs";
import { newRunForm, taskFor } from "@/components/new-run/run-form";
import { targetName } from "@/components/new-run/target-names";
import type { ColumnMapping } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";
import { runConfig } from "@/lib/contract/run-config";
import { model } from "./small-model";

const form = { ...newRunForm(model), dataSetId: "d" };

describe("the parameter count", () => {
  it("is dIn + dOut for each latent, targeted module and layer", () => {
    const count = countParameters(model, ["q_proj", "v_proj"], null);
    const perLatent = matricesSize(1, 1, "").trained;
    const whole = formMethodOf({ method: "full" }).sizeOf({ ...form, layers: null }, false)?.trained ?? expect.fail("no size");
    expect(count.kinds.map((kind) => [kind.name, sumOver([kind], perLatent), sumOver([kind], whole)])).toEqual([
      ["q_proj", 48, 165],
      ["v_proj", 21, 30],
    ]);
    expect(sumOver(count.kinds, perLatent)).toBe(69);
    expect(count.modules).toBe(6);
  });

  it("counts the chosen layers alone", () => {
    expect(sumOver(countParameters(model, ["down_proj"], [0, 2]).kinds, matricesSize(1, 1, "").trained)).toBe(36);
  });
});

describe("target names", () => {
  it("are the last part where that is unique", () => {
    expect(targetName({ name: "self_attn.q_proj", dIn: 1, dOut: 1 }, model.projections)).toBe("q_proj");
  });

  it("begin before a number, by which PEFT would find other modules", () => {
    const names = ["attn1.to_q", "attn1.to_out.0", "ff.net.0.proj", "ff.net.2"];
    const all = names.map((name) => ({ name, dIn: 1, dOut: 1 }));
    expect(all.map((projection) => targetName(projection, all))).toEqual(["to_q", "to_out.0", "net.0.proj", "net.2"]);
  });

  it("keep the part that tells two projections apart", () => {
    const both = [
      { name: "attn.c_proj", dIn: 1, dOut: 1 },
      { name: "mlp.c_proj", dIn: 1, dOut: 1 },
    ];
    expect(both.map((projection) => targetName(projection, both))).toEqual(["attn.c_proj", "mlp.c_proj"]);
  });
});

describe("layers", () => {
  it("are read as ranges and written back the same", () => {
    expect(parseLayers("0-2, 5", 7)).toEqual({ layers: [0, 1, 2, 5] });
    expect(writeLayers([0, 1, 2, 5])).toBe("0-2, 5");
    expect(parseLayers(" ", 7)).toEqual({ layers: null });
    expect(writeLayers(null)).toBe("");
  });

  it("are refused past the model's last", () => {
    expect(parseLayers("3", 3).error).toBe("This model has layers 0 to 2");
  });
});

describe("the configurations of a form", () => {
  it("are valid, STAN first, with each method's own learning rate", () => {
    const configs = runConfigsOf(form);
    expect(configs.map(({ name, config }) => [name, config.adapter.method, config.training.learningRate])).toEqual([
      ["stan-m256-k16", "stan", 2e-3],
      ["lora-r16", "lora", 3e-4],
    ]);
    for (const { config } of configs) expect(runConfig.parse(config)).toEqual(config);
  });

  it("of whole weights and of a head alone have no statistics pass, and come back as the form", () => {
    const encoder = { ...model, architecture: "bert" };
    const baseline = { ...newRunForm(encoder), dataSetId: "d", modules: ["v_proj"], layers: [2] };
    const configs = (["full", "head"] as const).map((method) => runConfigsOf({ ...baseline, method })[0]?.config);
    expect(configs.map((config) => config?.adapter)).toEqual([{ method: "full", targets: null }, { method: "head" }]);
    const chosen = { ...baseline, method: "full" as const, isFullOfAll: false, collectionTokens: null };
    const [some] = runConfigsOf(chosen);
    expect(some?.config.adapter).toEqual({ method: "full", targets: { modules: ["v_proj"], layers: [2] } });
    for (const config of [...configs, some?.config]) {
      expect(config?.collection).toBeNull();
      expect(runConfig.parse(config)).toEqual(config);
    }
    expect(formOf(some?.config ?? expect.fail("no configuration"), newRunForm(encoder))).toEqual(chosen);
    const head = { ...newRunForm(encoder), dataSetId: "d", method: "head" as const, collectionTokens: null };
    expect(formOf(runConfigsOf(head)[0]?.config ?? expect.fail("no configuration"), newRunForm(encoder))).toEqual(head);
  });

  it("begin with learning rates of the method and the task, which go with the task where nobody has typed one", () => {
    const [text, answers] = [taskFor(model), taskFor({ ...model, architecture: "bert" })];
    const rates = defaultRates(text);
    expect(defaultRates(answers).lora).toBeGreaterThan(rates.lora);
    expect(ratesForTask({ ...rates, full: 7e-5 }, text, answers)).toEqual({ ...defaultRates(answers), full: 7e-5 });
  });

  it("cannot be started as a head alone over a model that continues text, nor without modules where some are to be chosen", () => {
    const started = { ...form, modules: [], training: { ...form.training, maxTokens: 8 } };
    expect(checkForm({ ...started, method: "head" }, model, true)).toEqual([expect.stringContaining("has no trainable head")]);
    expect(checkForm({ ...started, method: "full" }, model, true)).toEqual([]);
    expect(checkForm({ ...started, method: "full", isFullOfAll: false }, model, true)).toEqual(["Choose at least one target module."]);
  });

  it("match LoRA's rank to k, to M, or to nothing", () => {
    expect(rankOf({ ...form, rankMatch: "active" }, true)).toBe(16);
    expect(rankOf({ ...form, rankMatch: "trained" }, true)).toBe(256);
    expect(rankOf({ ...form, rankMatch: "own", ownRank: 5 }, true)).toBe(5);
    expect(rankOf({ ...form, rankMatch: "trained", ownRank: 5 }, false)).toBe(5);
  });

  it("come back as the form that would start them again", () => {
    const typed = { ...form, method: "stan" as const, numLatents: 64, k: 7, domains: ["law"], layers: [1], collectionTokens: null };
    const again = formOf(runConfigsOf(typed)[0]?.config ?? expect.fail("no configuration"), newRunForm(model));
    expect(again).toEqual(typed);
  });

  it("hold variants of LoRA and sizes by module where they are chosen, and come back with them", () => {
    const [plain] = runConfigsOf({ ...form, method: "lora" });
    expect(Object.keys(plain?.config.adapter ?? {})).toEqual(["method", "rank", "alpha", "targets"]);
    const typed = {
      ...form,
      method: "lora" as const,
      rankMatch: "own" as const,
      useRslora: true,
      useDora: true,
      dropout: 0.05,
      rankPattern: { v_proj: 3 },
      alphaPattern: { "layers.0.*": 0.5 },
    };
    const [lora] = runConfigsOf(typed);
    expect(lora?.config.adapter).toMatchObject({ useRslora: true, useDora: true, dropout: 0.05, rankPattern: { v_proj: 3 } });
    expect(runConfig.parse(lora?.config)).toEqual(lora?.config);
    expect(formOf(lora?.config ?? expect.fail("no configuration"), newRunForm(model))).toEqual({ ...typed, dataSetId: "d" });
    const stan = { ...form, method: "stan" as const, latentsPattern: { q_proj: 64 }, kPattern: { "(q|v)_proj": 2 } };
    expect(formOf(runConfigsOf(stan)[0]?.config ?? expect.fail("no configuration"), newRunForm(model))).toEqual(stan);
  });

  it("are read from pasted JSON, two of them as both methods", () => {
    const text = JSON.stringify(runConfigsOf({ ...form, k: 3, rankMatch: "own", ownRank: 3 }));
    const pasted = formFromJson(text, newRunForm(model));
    expect([pasted.method, pasted.k, pasted.ownRank]).toEqual(["both", 3, 3]);
  });

  it("name the key that is wrong in pasted JSON", () => {
    const config = { ...runConfigsOf(form)[0]?.config, model: "" };
    expect(() => formFromJson(JSON.stringify(config), form)).toThrow(/^model: /);
    expect(() => formFromJson("{", form)).toThrow(/not JSON/);
  });
});

describe("sizes by module", () => {
  it("are read line by line and written back the same", () => {
    expect(parsePattern(" v_proj: 4\n\nlayers.[01].* = 16 ", "size")).toEqual({ pattern: { v_proj: 4, "layers.[01].*": 16 } });
    expect(writePattern({ v_proj: 4, "layers.[01].*": 16 })).toBe("v_proj: 4\nlayers.[01].*: 16");
    expect(parsePattern("", "size")).toEqual({ pattern: {} });
    expect(parsePattern("v_proj: -0.5", "number")).toEqual({ pattern: { v_proj: -0.5 } });
  });

  it.each([
    ["v_proj", "“v_proj” is not valid; write q_proj: 4"],
    [
      "(v_proj: 4",
      "(v_proj is not a valid regular expression in RE2's syntax: missing closing ): `(v_proj`. Back references are not supported, and lookaheads only at the beginning",
    ],
    ["v_proj: 1.5", "1.5: Not a whole number"],
    ["v_proj: 0", "0: At least 1"],
  ])("say what is wrong with %s", (text, error) => {
    expect(parsePattern(text, "size")).toEqual({ error });
  });
});

describe("the form for an encoder", () => {
  const encoder: ModelSummary = { ...model, architecture: "bert" };
  const columns = {
    mapping: { kind: "text", text: "text" } as const,
    columns: ["text", "score", "label"].map((name) => ({ name, samples: [] })),
  };
  const task = { kind: "classification", labels: null } as const;
  const filled = { ...newRunForm(encoder), dataSetId: "d", mapping: guessMapping(columns, rowUseOf(task, false)) };

  it("classifies by the label column, whatever the data are used for elsewhere", () => {
    expect(filled.task).toEqual(task);
    expect(filled.mapping).toEqual({ kind: "labelled", text: "text", label: "label" });
    expect(guessMapping(columns)).toEqual({ kind: "text", text: "text" });
    expect(checkForm({ ...filled, training: { ...filled.training, maxTokens: 64 } }, encoder, true)).toEqual([]);
    expect(runConfigsOf(filled).map(({ config }) => config.task)).toEqual([task, task]);
    expect(runConfigsOf(form).every(({ config }) => !("task" in config))).toBe(true);
  });

  it("reads a pair of columns together", () => {
    const pair = { mapping: null, columns: ["idx", "sentence1", "sentence2", "label"].map((name) => ({ name, samples: [] })) };
    expect(guessMapping(pair, "labelledTexts")).toEqual({ kind: "labelled", text: "sentence1", second: "sentence2", label: "label" });
  });

  it("comes back from its configuration, and asks for labelled rows", () => {
    const regression = { ...filled, task: { kind: "regression" } as const, method: "stan" as const };
    const [started] = runConfigsOf(regression);
    expect(started && formOf(runConfig.parse(started.config), form).task).toEqual({ kind: "regression" });
    const plain = { ...filled, mapping: { kind: "text", text: "text" } as const, training: { ...filled.training, maxTokens: 64 } };
    expect(checkForm(plain, encoder, true)).toEqual(["Choose which columns hold text and label."]);
  });
});

describe("the form for an encoder of images", () => {
  const size = (pixels: number) => ({ height: pixels, width: pixels });
  const images = { resize: size(56), filter: null, size: size(56), patch: size(14), channels: 3, mean: null, std: null };
  const encoder: ModelSummary = { ...model, architecture: "dinov2", vocab: 0, contextLength: 17, images };
  const recognised = { kind: "labelledImage", image: "image", label: "group", domain: "style" } as const;
  const columns = (mapping: ColumnMapping | null, ...names: string[]) => ({
    mapping,
    columns: names.map((name) => ({ name, samples: [] })),
  });
  const filled = {
    ...newRunForm(encoder),
    dataSetId: "d",
    mapping: guessMapping(columns(recognised, "image", "group", "style"), "labelledImages"),
  };

  it("classifies images by the recognised columns, each image whole", () => {
    expect(filled.task.kind).toBe("classification");
    expect(filled.mapping).toEqual(recognised);
    expect(filled.training.maxTokens).toBe(17);
    expect(checkForm(filled, encoder, true)).toEqual([]);
    expect(guessMapping(columns(null, "picture", "label"), "labelledImages")).toEqual({
      kind: "labelledImage",
      image: "picture",
      label: "label",
    });
  });

  it("asks for images where the dataset is of texts, and a language model for texts where it is of images", () => {
    expect(checkForm({ ...filled, mapping: { kind: "labelled", text: "text", label: "label" } }, encoder, true)).toEqual([
      "Choose a dataset of images, with a label for each.",
    ]);
    const ofText = { ...form, mapping: recognised, training: { ...form.training, maxTokens: 64 } };
    expect(checkForm(ofText, model, true)).toEqual(["Choose what the rows are."]);
    expect(guessMapping(columns(recognised, "image", "caption"))).toEqual({ kind: "text", text: undecided });
  });
});

describe("the form for a diffusion model", () => {
  const size = (pixels: number) => ({ height: pixels, width: pixels });
  const images = { resize: { shortestEdge: 8 }, filter: "bilinear", size: size(8), patch: size(2), channels: 3, mean: null, std: null };
  const diffusion: ModelSummary = { ...model, architecture: "DiTTransformer2DModel", vocab: 0, contextLength: 16, images };
  const mapping = { kind: "labelledImage", image: "image", label: "group" } as const;
  const filled = { ...newRunForm(diffusion), dataSetId: "d", mapping };

  it("denoises images with classes, each image whole", () => {
    expect(rowUseOf(filled.task, true)).toBe("labelledImages");
    expect(filled.training.maxTokens).toBe(16);
    expect(checkForm(filled, diffusion, true)).toEqual([]);
    const [{ config } = expect.fail("no run")] = runConfigsOf(filled);
    expect(config.task).toEqual({ kind: "denoising", classDropout: 0.1, evaluationDraws: 4 });
    expect(formOf(config, newRunForm(model)).task).toEqual(config.task);
  });

  it("asks for images, and offers no head to train", () => {
    expect(checkForm({ ...filled, mapping: { kind: "text", text: "text" } }, diffusion, true)).toEqual([
      "Choose a dataset of images, with a label for each.",
    ]);
    expect(formMethodOf({ method: "head" }).isOffered(diffusion)).toBe(false);
    expect(formMethodOf({ method: "stan" }).isOffered(diffusion)).toBe(true);
  });
});

describe("the check before the start", () => {
  it("passes the defaults", () => {
    expect(checkForm({ ...form, training: { ...form.training, maxTokens: 64 } }, model, true)).toEqual([]);
  });

  it("says what to do about each problem", () => {
    const wrong = { ...form, k: 300, modules: [], training: { ...form.training, maxTokens: 65 } };
    expect(checkForm(wrong, model, false)).toEqual([
      "Choose a training dataset.",
      "Choose at least one target module.",
      "k = 300 exceeds the 256 latents. Lower k.",
      "tiny reads at most 64 tokens. Lower the length.",
    ]);
  });
});

describe("the guessed mapping", () => {
  const columns = (...names: string[]) => ({ mapping: null, columns: names.map((name) => ({ name, samples: [] })) });

  it.each([
    [["text", "domain", "split"], { kind: "text", text: "text", domain: "domain", split: "split" }],
    [["question", "answer", "topic"], { kind: "promptCompletion", prompt: "question", completion: "answer", domain: "topic" }],
    [["Instruction", "Input", "Output"], { kind: "instruction", instruction: "Instruction", input: "Input", output: "Output" }],
    [["conversations"], { kind: "messages", messages: "conversations" }],
    [["a"], { kind: "text", text: "a" }],
    [["a", "b"], { kind: "text", text: undecided }],
    [["content", "review"], { kind: "text", text: undecided }],
    [["text", "review"], { kind: "text", text: "text" }],
    [["question", "answer", "output"], { kind: "promptCompletion", prompt: "question", completion: undecided }],
  ])("of columns %j is %j", (names, mapping) => {
    expect(guessMapping(columns(...names))).toEqual(mapping);
  });

  it("keeps what was recognised in the data, but not where another column suits as well", () => {
    const recognised = { kind: "text", text: "story" } as const;
    expect(guessMapping({ ...columns("story", "title"), mapping: recognised })).toEqual(recognised);
    expect(guessMapping({ ...columns("story", "review"), mapping: recognised })).toEqual({ kind: "text", text: undecided });
  });

  it("asks for the columns it leaves undecided, and names those it does not use", () => {
    const mapping = guessMapping(columns("a", "b"));
    expect(checkForm({ ...form, mapping, training: { ...form.training, maxTokens: 64 } }, model, true)).toEqual([
      "Choose the column of the text.",
    ]);
    expect(unusedColumns({ kind: "text", text: "b" }, columns("a", "b", "c"))).toEqual(["a", "c"]);
  });
});
