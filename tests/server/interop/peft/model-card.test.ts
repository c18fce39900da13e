import { describe, expect, it } from "vitest";
import { editList } from "@/lib/contract/edit";
import type { RunCost } from "@/lib/contract/run";
import { runConfig } from "@/lib/contract/run-config";
import { type CardFacts, modelCard } from "@/server/interop/peft/model-card";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";

const { run, config, imported, bakedEdits } = runDetailFixture({ steps: 4, step: 4 });
const facts: CardFacts = { run, config, imported, bakedEdits, model: { name: "tiny", revision: "someone/tiny-model@0a1b2c" } };
const lora = runConfig.parse({
  ...config,
  adapter: { method: "lora", rank: 3, alpha: 6, useDora: true, targets: { modules: ["q_proj"], layers: [1] } },
});

describe("a model card", () => {
  it("names the hub’s base model in its header, with the revision below", () => {
    const card = modelCard(facts);
    expect(card.split("---\n")[1]).toBe(
      "base_model: someone/tiny-model\nlibrary_name: peft\npipeline_tag: text-generation\ntags:\n- stan\n- stanscope\n",
    );
    expect(card).toContain("| Base model | someone/tiny-model, revision `0a1b2c` |");
  });

  it("names no base model in the header when it did not come from the hub", () => {
    const card = modelCard({ ...facts, model: { name: "tiny", revision: "sha256:ff" } });
    expect(card).not.toContain("base_model:");
    expect(card).toContain("| Base model | tiny, revision `sha256:ff` |");
    expect(modelCard({ ...facts, model: undefined })).toContain("| Base model | tiny |");
  });

  it("loads a base model that is a GGUF file by its folder and its name", () => {
    const model = { name: "tiny", revision: "sha256:ff", format: "gguf", path: "/models/tiny/tiny-q8_0.gguf" } as const;
    expect(modelCard({ ...facts, model })).toContain('.from_pretrained("/models/tiny", gguf_file="tiny-q8_0.gguf")');
  });

  it("gives method, sizes, settings, and the held-out result with its interval", () => {
    const card = modelCard(facts);
    expect(card).toContain("| Latents per module | 7 |\n| Kept per token, k | 2 |");
    expect(card).toContain("| Data | rows, columns text `text` |\n| Steps | 4 |");
    expect(card).toContain("| Seed | 0 |");
    expect(card).toContain("On 7 held-out rows (77 label tokens) of rows, at step 2:");
    expect(card).toContain("| Mean difference per row | −1.0000 ±\u00a00.1250 (paired 95 % interval over rows) |");
    expect(modelCard({ ...facts, config: lora, run: { ...run, method: "lora" } })).toContain("| Method | DoRA |\n| Rank | 3 |");
  });

  it("says that nothing was measured where nothing was, and what an imported run’s trainer logged", () => {
    const unmeasured = { ...run, latestEvaluation: null };
    expect(modelCard({ ...facts, run: unmeasured })).toContain("## Result\n\nNot evaluated.");
    const record = {
      source: "x",
      baseModelName: null,
      peftVersion: null,
      curveFiles: [],
      epochs: null,
      maxSteps: null,
      trainingSeconds: null,
    };
    const card = modelCard({
      ...facts,
      run: { ...unmeasured, isImported: true, step: 0 },
      config: { ...config, data: null, training: null },
      imported: { ...record, evaluations: [{ step: 9, loss: 1.5 }], stated: { learning_rate: "5e-05" } },
    });
    expect(card).toContain("Its trainer logged an evaluation loss of 1.5000 at step 9, on unknown rows.");
    expect(card).toContain(
      "Trained elsewhere and imported; settings not listed are unknown.\n\n| | |\n|---|---|\n| learning_rate, as stated by its trainer | 5e-05 |\n",
    );
  });

  it("says how far an unfinished run was, and that baked edits were not trained", () => {
    expect(modelCard({ ...facts, run: { ...run, step: 3 } })).toContain("| Steps | 3 of 4 |");
    const baked = editList.parse([{ operation: "ablatePost", latent: { module: "m", index: 1 } }]);
    const card = modelCard({ ...facts, bakedEdits: baked, run: { ...run, derivedFrom: { id: "p", name: "parent" } } });
    expect(card).toContain("Derived from the adapter of “parent”, with 1 latent edit baked into its matrices.");
    expect(card).toContain("there was no training after the edits");
  });

  it("loads STAN by the package’s two lines and LoRA by PEFT alone, and says which can be merged", () => {
    expect(modelCard(facts)).toMatch(/import stanscope_peft[\s\S]*PeftModel\.from_pretrained\(base[\s\S]*\*\*cannot be merged\*\*/);
    const card = modelCard({ ...facts, config: lora, run: { ...run, method: "lora" } });
    expect(card).not.toContain("stanscope_peft");
    expect(card).toContain("can be merged into the base weights");
  });

  it("lets no name of a person’s break out of its cell", () => {
    const card = modelCard({ ...facts, run: { ...run, name: "a\n## b <script>", dataName: "x | y" } });
    expect(card).toContain("# a ## b &lt;script>\n");
    expect(card).toContain("| Data | x \\| y, columns");
  });

  it("of a classifier names its classes, and loads a head of their number under their names", () => {
    const task = { kind: "classification", labels: null } as const;
    const mapping = { kind: "labelled", text: "body", label: "is `good`" } as const;
    const data = { kind: "dataSet", path: "rows", mapping, useChatTemplate: false, domains: null, validationRows: 5 } as const;
    const cost = { ...run.cost, headParameters: 155 } as RunCost;
    const classifier = { ...facts, run: { ...run, cost }, config: { ...config, task, data } };
    const card = modelCard({ ...classifier, classes: ['the "worst"', "b```c", "d|e"] });
    expect(card).toContain("pipeline_tag: text-classification");
    expect(card).toContain("| Task | one class per text: the \"worst\", b'''c, d\\|e |");
    expect(card).toContain("| Head, trained in full | 155 parameters |");
    expect(card).toContain("| Data | rows, columns text `body`, label `is 'good'` |");
    expect(card).toContain('labels = ["the \\"worst\\"", "b\\u0060\\u0060\\u0060c", "d|e"]\n');
    expect(card).toContain(
      'AutoModelForSequenceClassification.from_pretrained("someone/tiny-model", num_labels=len(labels), id2label=dict(enumerate(labels)),',
    );
    expect(modelCard({ ...classifier, classes: 5 })).toContain("num_labels=5)");
    const regression = modelCard({ ...classifier, config: { ...config, data, task: { kind: "regression" } } });
    expect(regression).toContain('from_pretrained("someone/tiny-model", num_labels=1)');
    expect(regression).toContain("| Task | one number per text |");
  });

  it("lists what was measured on benchmarks, and says beside what", () => {
    const verdict = { kind: "better" as const, text: "" };
    const metric = { name: "accuracy" as const, adapter: 0.75, base: 0.5, interval: null, pValue: null, verdict };
    const score = {
      step: 4,
      measuredAt: "2026-01-02T03:04:05.000Z",
      rows: 41,
      labelTokens: 41,
      trainedRows: null,
      metrics: [
        { ...metric, difference: { value: 0.25, low: 0.125, high: 0.375 } },
        { ...metric, name: "matthews" as const, base: null, difference: null, interval: { low: -0.5, high: 1 } },
      ],
      byDomain: [],
    };
    const task = { kind: "classification" as const, classes: null, metric: null, glue: null };
    const card = modelCard({
      ...facts,
      run: { ...run, latestEvaluation: null },
      benchmarks: [{ name: "a|b", dataName: "films", task, score }],
    });
    expect(card).toContain("Measured only on the benchmarks below.");
    expect(card).toContain("| a\\|b (films) | 41 | accuracy | 0.7500 | 0.5000 | +0.2500 (+0.1250 to +0.3750) |");
    expect(card).toContain("| Matthews correlation | 0.7500 (−0.5000 to 1.0000) | not defined | – |");
    expect(card).toContain("the base model has no head");
    expect(modelCard(facts)).not.toContain("## Benchmarks");
    const ofText = modelCard({ ...facts, benchmarks: [{ name: "x", dataName: "y", task: { kind: "languageModel" }, score }] });
    expect(ofText).toContain("Without it: the base model on the same rows.");
  });
});
