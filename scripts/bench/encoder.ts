/**
 * Our side of the bench's training steps over an encoder of text, one task in a process of its own:
 * `node scripts/bench-encoder.mjs FOLDER encoder-lora|encoder-stan[-bf16] REPEATS`. The work is that of `peer_encoder.py`.
 */
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import { startEngine } from "@/server/engine/tensor/backend";
import { demandTextEncoder, loadBase } from "@/server/runtime/models/load-base-model";
import { classificationOf, numLabels, secondsOfSteps } from "./timed-steps";
import { report } from "./timing";

const [folder = "", task = "", repeatsText = "3"] = process.argv.slice(2);
const ROWS = 16;
const TOKENS = 48;
const targets = { modules: ["query", "value"], layers: null };
const adapters: Record<string, AdapterSettings> = {
  "encoder-lora": { method: "lora", rank: 16, alpha: 32, targets },
  "encoder-stan": { method: "stan", numLatents: 1024, k: 16, alpha: 1, selection: "signed", init: "zero", targets },
};

await startEngine();
const settings = adapters[task.replace("-bf16", "")];
if (settings === undefined) throw new Error(`unknown task ${task}`);
const { model } = demandTextEncoder(loadBase(folder, task.endsWith("-bf16") ? "fast" : "exact"));
const rows = Array.from({ length: ROWS }, (_, row) => ({
  ids: Int32Array.from({ length: TOKENS }, (__, i) => 1000 + (((row * TOKENS + i) * 7919) % 28_000)),
  answer: row % numLabels,
}));
report(task, secondsOfSteps(classificationOf(model, settings, rows), Number(repeatsText)), "s/step");
