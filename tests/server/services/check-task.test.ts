import { describe, expect, it } from "vitest";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";
import { type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import { listModels } from "@/server/services/library/list-models";
import { checkConfig, checkCounts } from "@/server/services/runs/check-config";
import { freshContext } from "@/tests/support/service-context";
import { storedModel } from "@/tests/support/stored-model";

const context = await freshContext();
await storedModel(context);
const [causal] = await listModels(context);
const encoder: ModelSummary = { ...(causal as ModelSummary), name: "tiny bert", architecture: "bert" };

const labelled = { kind: "labelled", text: "text", label: "label" } as const;
const text = { kind: "text", text: "text" } as const;

function configOf(task: RunConfigInput["task"], mapping: typeof labelled | typeof text) {
  return runConfig.parse({
    model: "m",
    task,
    data: { kind: "dataSet", dataSetId: "d", mapping },
    adapter: { method: "lora", rank: 2, alpha: 4, targets: { modules: ["q_proj"] } },
    training: { steps: 1, learningRate: 0.1 },
  } satisfies RunConfigInput);
}

it("weights stay as in a GGUF file only where the model is one", () => {
  const config = { ...configOf(undefined, text), frozenDtype: "stored" as const };
  const safetensors = { ...(causal as ModelSummary), format: "safetensors" as const };
  const check = () => checkConfig(config, safetensors, undefined);
  expect(check).toThrow(/is not a GGUF file, so its weights cannot stay as in one: choose NF4, bfloat16 or float32/);
  expect(check).toThrow(expect.objectContaining({ field: "config.frozenDtype" }));
  checkConfig(config, { ...safetensors, format: "gguf" }, undefined);
});

describe("the task of a run", () => {
  it("is text for a model that continues it, and classes or numbers for an encoder", () => {
    for (const task of [undefined, { kind: "languageModel" } as const])
      checkConfig(configOf(task, text), causal as ModelSummary, undefined);
    for (const kind of ["classification", "regression"] as const) checkConfig(configOf({ kind }, labelled), encoder, undefined);
  });

  it.each([
    [undefined, text, "encoder", "config.task", /tiny bert is an encoder, which does not generate text/],
    [{ kind: "classification" } as const, text, "encoder", "config.data.mapping", /encoder, which reads labelled texts/],
    [
      { kind: "regression" } as const,
      labelled,
      "causal",
      "config.task",
      /tiny llama is a causal language model; regression is for encoders/,
    ],
    [undefined, labelled, "causal", "config.data.mapping", /Labelled rows are for encoders/],
    [{ kind: "denoising" } as const, text, "causal", "config.task", /tiny llama is a causal language model, which does not denoise images/],
    [{ kind: "denoising" } as const, labelled, "encoder", "config.task", /tiny bert is an encoder, which does not generate images/],
  ])("%j over %j is refused for the other kind of model (%s)", (task, mapping, kind, field, message) => {
    const model = kind === "encoder" ? encoder : (causal as ModelSummary);
    const check = () => checkConfig(configOf(task, mapping), model, undefined);
    expect(check).toThrow(message);
    expect(check).toThrow(expect.objectContaining({ field }));
  });

  it("is refused with what a worker finds wrong with the labels", () => {
    const none = {
      rows: [],
      totalRows: 2,
      tokens: 8,
      labelTokens: 0,
      rowsWithoutLabels: 0,
      rowsTooLong: 0,
      trainRows: 1,
      validationRows: 1,
    };
    expect(() => checkCounts({ ...none, labelProblem: "All rows are of one class." })).toThrow("All rows are of one class.");
  });
});

describe("the domain column of a run", () => {
  const rows = { id: "d", name: "poems", path: "/p", format: "csv", rows: 900, sizeBytes: 1, splits: [], domains: [], licence: null };
  const columns = [
    { name: "text", samples: [], distinct: null },
    { name: "id", samples: [], distinct: null },
    { name: "topic", samples: [], distinct: 200 },
    { name: "old", samples: [] },
  ];
  const data: DataSetSummary = { ...rows, columns, mapping: null, createdAt: "2026-01-01" };
  const check = (domain: string, domains: string[] | null = null) => {
    const config = configOf(undefined, text);
    if (config.data.kind !== "dataSet") throw new Error("a data set was expected");
    checkConfig({ ...config, data: { ...config.data, domains, mapping: { ...text, domain } } }, causal as ModelSummary, data);
  };

  it("is refused before the training where it names more domains than statistics are kept for", () => {
    expect(() => check("id")).toThrow(
      expect.objectContaining({
        field: "config.data.mapping.domain",
        message: expect.stringMatching(/"id" names more than 200 domains, but statistics are kept for at most 200/),
      }),
    );
    const many = Array.from({ length: 201 }, (_, n) => String(n));
    expect(() => check("id", many)).toThrow(/"id" names 201 domains/);
  });

  it("is taken with as many as that, with some that are named, and where nobody has counted", () => {
    check("topic");
    check("id", ["1", "2"]);
    check("old");
  });
});
