import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type ShapeConfig, shapes } from "@/scripts/random-model/shapes";
import { writeGgufModel } from "@/scripts/random-model/write-gguf-model";
import { writeSafetensorsModel } from "@/scripts/random-model/write-safetensors-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { loadBaseModel, type Precision } from "@/server/runtime/models/load-base-model";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const tiny = shapes["tiny"] as ShapeConfig;
const formats = {
  "one file": (path: string, seed: number) => writeSafetensorsModel(path, tiny, seed),
  shards: (path: string, seed: number) => writeSafetensorsModel(path, { ...tiny, model_type: "llama" }, seed, 4e6),
  Q4_0: (path: string, seed: number) => writeGgufModel(path, tiny, "Q4_0", seed),
  Q4_K: (path: string, seed: number) => writeGgufModel(path, { ...tiny, tie_word_embeddings: true }, "Q4_K", seed),
};

function digestOf(path: string): string {
  const files = path.endsWith(".gguf") ? [path] : readdirSync(path).map((name) => join(path, name));
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex");
}

it.each(Object.entries(formats))("random weights in %s load and decode, and the same seed gives the same bytes", async (name, write) => {
  const folder = temporaryFolder();
  const digests = [1, 1, 2].map((seed, at) => {
    const path = join(folder, `${at}${name.startsWith("Q") ? ".gguf" : ""}`);
    write(path, seed);
    return { path, digest: digestOf(path) };
  });
  const [first, again, other] = digests;
  expect(again?.digest).toBe(first?.digest);
  expect(other?.digest).not.toBe(first?.digest);
  await startEngine();
  for (const precision of (name.startsWith("Q") ? ["exact", "stored"] : ["exact"]) as Precision[]) {
    const { model, tokenizer } = loadBaseModel(first?.path ?? "", precision);
    const ids = tokenizer?.encode("The function returns", { addSpecialTokens: true }) ?? [];
    const { sequences } = model.prefill([Int32Array.from(ids)], { maxTokens: 16 });
    const logits = readFloats(model.decode(sequences, Int32Array.of(7)));
    model.free();
    expect(logits).toHaveLength(tiny.vocab_size);
    const size = Math.sqrt(logits.reduce((sum, value) => sum + value ** 2, 0) / logits.length);
    expect(size).toBeGreaterThan(0.1);
    expect(size).toBeLessThan(2);
  }
});
