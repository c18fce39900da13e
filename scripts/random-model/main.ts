import { parseArgs } from "node:util";
import { shapes } from "./shapes";
import { writeGgufModel } from "./write-gguf-model";
import { writeSafetensorsModel } from "./write-safetensors-model";

const formats = ["safetensors-bf16", "gguf-q4_0", "gguf-q4_k"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shape: { type: "string" }, format: { type: "string", default: "safetensors-bf16" }, seed: { type: "string", default: "0" } },
});
const [output] = positionals;
const config = shapes[values.shape ?? ""];
const seed = Number(values.seed);
if (output === undefined || config === undefined || !formats.includes(values.format) || !Number.isSafeInteger(seed)) {
  process.stderr.write(
    "Usage: node scripts/make-random-model.mjs OUT --shape SHAPE [--format FORMAT] [--seed N]\n" +
      `  SHAPE: ${Object.keys(shapes).join(", ")}\n  FORMAT: ${formats.join(", ")}\n`,
  );
  process.exit(2);
}
if (values.format === "safetensors-bf16") writeSafetensorsModel(output, config, seed);
else writeGgufModel(output, config, values.format === "gguf-q4_k" ? "Q4_K" : "Q4_0", seed);
