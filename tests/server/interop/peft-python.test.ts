import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunConfigInput } from "@/lib/contract/run-config";
import type { TextBatch } from "@/server/engine/models/encoders/encoder-batch";
import { startEngine } from "@/server/engine/tensor/backend";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { largestDifference } from "@/tests/server/engine/tiny";
import { adapterLogits, firstBatch, realTokens } from "@/tests/support/adapter-logits";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { Peft, peftPython } from "@/tests/support/peft";
import { stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const python = peftPython ?? "";

type Architecture = {
  readonly name: string;
  readonly targets: readonly string[];
  /** Names of an encoder's classes. */
  readonly labels?: readonly string[];
  /** Base model and rows; those of the tiny models where nothing is said. */
  readonly base?: string;
};

/** DoRA stands for the variants of LoRA: rsLoRA's scaling, patterns and a choice of layers are in it. */
const methods = ["stan", "lora", "dora", "vera"] as const;
type Method = (typeof methods)[number];

const labels = ["low", "middle", "high"];
const architectures: readonly Architecture[] = [
  { name: "llama", targets: ["q_proj", "v_proj", "down_proj"] },
  { name: "qwen2", targets: ["k_proj", "v_proj"] },
  { name: "mistral", targets: ["o_proj", "up_proj"], base: "tests/golden/models/mistral-linear-rope" },
  { name: "gpt2", targets: ["c_attn", "c_fc"] },
  { name: "bert", targets: ["query", "dense"], labels },
  { name: "roberta", targets: ["query", "value", "output.dense"], labels },
  { name: "deberta-v2", targets: ["query_proj", "value_proj", "dense"], labels },
];
const cases = architectures.flatMap((architecture) => methods.map((method) => ({ architecture, name: architecture.name, method })));

test.runIf(peftPython)("the Python package passes its own tests", references, async () => {
  const words = ["-W", "ignore", "-m", "unittest", "discover", "-s", "python/stanscope_peft/tests"];
  const { stderr } = await promisify(execFile)(python, words, { maxBuffer: 1 << 26 });
  expect(stderr).toMatch(/Ran \d\d tests/);
});

describe.runIf(peftPython !== undefined && fixturesFolder !== undefined)(
  "an adapter between Stanscope and Python's PEFT",
  references,
  () => {
    let peft: Peft;
    beforeAll(async () => {
      peft = new Peft(python);
      await startEngine();
    });
    afterAll(() => peft.close());

    test.each(cases)("$method on $name, trained here, gives the same logits there", async ({ architecture, method }) => {
      const laid = layRows(architecture);
      const { folder, base, rows } = laid;
      const config: RunConfigInput = {
        model: base,
        ...(architecture.labels === undefined ? {} : { task: { kind: "classification", labels: [...architecture.labels] } }),
        data: { kind: "tokenRows", path: rows },
        adapter: adapterOf(architecture, method),
        training: { steps: 5, batchRows: 4, learningRate: 1e-2, schedule: "constant" },
      };
      writeFileSync(join(folder, "config.json"), JSON.stringify(config));
      await stanscopeSucceeds("train", "--config", join(folder, "config.json"), "--output", join(folder, "adapter"));
      await compare(peft, laid);
    });

    test.each(cases)("$method on $name, trained there, gives the same logits here", async ({ architecture, method }) => {
      const laid = layRows(architecture);
      const { folder, base, rows } = laid;
      await peft.do({ verb: "train", base, method, targets: architecture.targets, rows, output: join(folder, "adapter") });
      await compare(peft, laid);
    });
  },
);

function adapterOf({ targets: [first = "", ...rest] }: Architecture, method: Method): RunConfigInput["adapter"] {
  const targets = { modules: [first, ...rest] };
  if (method === "lora") return { method, rank: 3, alpha: 5, targets };
  if (method === "vera") return { method, rank: 11, dInitial: 0.3, projectionKey: 5, targets };
  if (method === "dora") {
    const patterns = { rankPattern: { [first]: 2 }, alphaPattern: { [rest.at(-1) ?? first]: 7 } };
    return { method: "lora", rank: 3, alpha: 5, useDora: true, useRslora: true, ...patterns, targets: { ...targets, layers: [1] } };
  }
  return { method, numLatents: 29, k: 5, alpha: 2, init: "small", latentsPattern: { [first]: 7 }, targets };
}

type Laid = { readonly folder: string; readonly base: string; readonly rows: string; readonly batch: TextBatch };

/** The first batch of a model's reference values as a file of its own: its tokens, and the labels of tokens or, of an encoder, of rows. */
function layRows({ name, base: own }: Architecture): Laid {
  const folder = temporaryFolder();
  const base = own ?? join(fixturesFolder ?? "", "tiny", name);
  const prefix = own === undefined ? "train." : "";
  const source = join(base, "expected.safetensors");
  const batch = firstBatch(source, prefix);
  const shape = [batch.rows, batch.tokens];
  const file = openSafetensors(source);
  const labelShape = file.shape(`${prefix}labels`).slice(1);
  const labelsOfRows = file.readInts(`${prefix}labels`).slice(
    0,
    labelShape.reduce((product, size) => product * size, 1),
  );
  file.close();
  const rows = join(folder, "rows.safetensors");
  writeSafetensors(rows, {
    input_ids: { shape, data: batch.ids },
    attention_mask: { shape, data: batch.attentionMask ?? new Int32Array(0) },
    labels: { shape: labelShape, data: labelsOfRows },
  });
  return { folder, base, rows, batch };
}

/** Holds logits of folder/adapter from both sides against each other at real tokens; the adapter must have moved them. */
async function compare(peft: Peft, { folder, base, rows, batch }: Laid): Promise<void> {
  const [adapter, output] = [join(folder, "adapter"), join(folder, "theirs.safetensors")];
  await peft.do({ verb: "logits", base, adapter, rows, output });
  const [unadapted, ours] = [adapterLogits(base, undefined, batch), adapterLogits(base, adapter, batch)];
  const stored = openSafetensors(output).read("logits");
  const theirs = stored.length === ours.length ? stored : realTokens(stored, batch);
  expect(largestDifference(ours, unadapted)).toBeGreaterThan(1e-2);
  const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  expect(largestDifference(ours, theirs) / largest).toBeLessThan(1e-5);
}
