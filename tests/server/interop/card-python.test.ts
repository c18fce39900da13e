import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { storedRunConfig } from "@/lib/contract/run-config";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { modelCard } from "@/server/interop/peft/model-card";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { largestDifference } from "@/tests/server/engine/tiny";
import { references } from "@/tests/support/fixtures";
import { peftPython } from "@/tests/support/peft";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const cases = [
  {
    adapter: "roberta-stan",
    base: "encoders/roberta-relu",
    task: { kind: "classification", labels: null },
    classes: ['the "worst"', "b`c"],
  },
  { adapter: "roberta-all-linear", base: "encoders/roberta-relu", task: { kind: "classification", labels: null }, classes: 2 },
  { adapter: "bert-lora", base: "encoders/bert-regression", task: { kind: "regression" }, classes: undefined },
  { adapter: "gpt2-lora", base: "models/gpt2-narrow", task: undefined, classes: undefined },
] as const;

test.runIf(peftPython).each(cases)(
  "the lines of the model card of $adapter load it in Python",
  references,
  async ({ adapter, base, task, classes }) => {
    const [folder, model] = [resolve("tests/golden/peft-logits", adapter), resolve("tests/golden", base)];
    const method = adapter.endsWith("stan") ? ("stan" as const) : ("lora" as const);
    const { run, config, ...rest } = runDetailFixture({ steps: 1, step: 1 });
    const about = storedRunConfig.parse({ ...config, ...(task === undefined ? {} : { task }) });
    const card = modelCard({ ...rest, config: about, run: { ...run, method }, model: undefined, classes });
    const [, lines = ""] = /```python\n([\s\S]*?)\n```/.exec(card) ?? [];
    const output = join(temporaryFolder(), "logits.safetensors");
    const program = [
      lines.replace("path/of/this/folder", folder).replace("path/of/the/base/model", model),
      "import torch",
      "from safetensors.torch import load_file, save_file",
      `rows = load_file("${join(model, "expected.safetensors")}")`,
      'names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in rows]',
      "with torch.no_grad():",
      "    logits = model(**{name: rows[name][0].long() for name in names}).logits",
      `save_file({"logits": logits.contiguous()}, "${output}")`,
      'print(model.config.id2label if hasattr(model.config, "id2label") else "")',
    ].join("\n");
    const env = { ...process.env, PYTHONPATH: resolve("python/stanscope_peft/src") };
    const { stdout } = await promisify(execFile)(peftPython ?? "", ["-W", "ignore", "-c", program], { env });
    const read = (path: string) => openSafetensors(path).read("logits");
    expect(largestDifference(read(output), read(join(folder, "expected.safetensors")))).toBeLessThan(1e-5);
    if (typeof classes === "object") expect(stdout).toContain("the \"worst\"', 1: 'b`c'");
  },
);
