import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { loadAdapter } from "@/server/runtime/models/load-adapter";
import { loadBaseModel } from "@/server/runtime/models/load-base-model";
import { largestDifference } from "@/tests/server/engine/tiny";
import { fixturesFolder } from "@/tests/support/fixtures";
import { Peft, peftPython } from "@/tests/support/peft";
import { stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const python = peftPython ?? "";
const architectures = [
  { architecture: "llama", targets: ["q_proj", "v_proj", "down_proj"] },
  { architecture: "qwen2", targets: ["k_proj", "v_proj"] },
  { architecture: "gpt2", targets: ["c_attn", "c_fc"] },
];
const cases = architectures.flatMap((architecture) => (["stan", "lora"] as const).map((method) => ({ ...architecture, method })));

test.runIf(peftPython)("the Python package passes its own tests", async () => {
  const words = ["-W", "ignore", "-m", "unittest", "discover", "-s", "python/stanscope_peft/tests"];
  const { stderr } = await promisify(execFile)(python, words, { maxBuffer: 1 << 26 });
  expect(stderr).toMatch(/Ran \d\d tests/);
});

describe.runIf(peftPython !== undefined && fixturesFolder !== undefined)("an adapter between Stanscope and Python's PEFT", () => {
  let peft: Peft;
  beforeAll(async () => {
    peft = new Peft(python);
    await startEngine();
  });
  afterAll(() => peft.close());

  test.each(cases)("$method on $architecture, trained here, gives the same logits there", async ({ architecture, targets, method }) => {
    const laid = layRows(architecture);
    const { folder, base, rows } = laid;
    const adapter: RunConfigInput["adapter"] =
      method === "stan"
        ? {
            method,
            numLatents: 29,
            k: 5,
            alpha: 2,
            init: "small",
            latentsPattern: { [targets[0] ?? ""]: 7 },
            targets: { modules: targets },
          }
        : { method, rank: 3, alpha: 5, targets: { modules: targets } };
    const config: RunConfigInput = {
      model: base,
      data: { kind: "tokenRows", path: rows },
      adapter,
      training: { steps: 5, batchRows: 4, learningRate: 1e-2, schedule: "constant" },
    };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    await stanscopeSucceeds("train", "--config", join(folder, "config.json"), "--output", join(folder, "adapter"));
    await compare(peft, laid);
  });

  test.each(cases)("$method on $architecture, trained there, gives the same logits here", async ({ architecture, targets, method }) => {
    const laid = layRows(architecture);
    const { folder, base, rows } = laid;
    await peft.do({ verb: "train", base, method, targets, rows, output: join(folder, "adapter") });
    await compare(peft, laid);
  });
});

type Laid = { readonly folder: string; readonly base: string; readonly rows: string };

/** The first batch of a tiny model's rows as a file of its own. */
function layRows(architecture: string): Laid {
  const folder = temporaryFolder();
  const base = join(fixturesFolder ?? "", "tiny", architecture);
  const file = openSafetensors(join(base, "expected.safetensors"));
  const [, height = 0, width = 0] = file.shape("train.input_ids");
  const names = ["input_ids", "attention_mask", "labels"];
  const first = (name: string) => ({ shape: [height, width], data: file.readInts(`train.${name}`).slice(0, height * width) });
  const rows = join(folder, "rows.safetensors");
  writeSafetensors(rows, Object.fromEntries(names.map((name) => [name, first(name)])));
  file.close();
  return { folder, base, rows };
}

/** Holds logits of folder/adapter from both sides against each other at real tokens; the adapter must have moved them. */
async function compare(peft: Peft, { folder, base, rows }: Laid): Promise<void> {
  const [adapter, output] = [join(folder, "adapter"), join(folder, "theirs.safetensors")];
  await peft.do({ verb: "logits", base, adapter, rows, output });
  const file = openSafetensors(rows);
  const [height = 0, tokens = 0] = file.shape("input_ids");
  const attentionMask = file.readInts("attention_mask");
  const batch = { ids: file.readInts("input_ids"), attentionMask, rows: height, tokens };
  file.close();
  const { model } = loadBaseModel(base, "exact");
  const hooks = adapterHooks(loadAdapter(adapter, model));
  const real = (values: Float32Array) => values.filter((_, at) => attentionMask[Math.floor(at / model.config.vocab)] === 1);
  const logits = (adapted?: typeof hooks) => real(tidy(() => readFloats(model.logits(model.forward(batch, { hooks: adapted }).final))));
  const [unadapted, ours, theirs] = [logits(), logits(hooks), real(openSafetensors(output).read("logits"))];
  expect(largestDifference(ours, unadapted)).toBeGreaterThan(1e-2);
  const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  expect(largestDifference(ours, theirs) / largest).toBeLessThan(1e-5);
}
