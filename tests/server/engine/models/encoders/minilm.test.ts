import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TextBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { EncoderModel } from "@/server/engine/models/encoders/encoder-model";
import { sentenceEmbeddings } from "@/server/engine/models/encoders/sentence-embedding";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { loadTokenizer } from "@/server/runtime/models/load-tokenizer";
import { largestDifference } from "@/tests/server/engine/tiny";
import { loadEncoderFolder } from "@/tests/server/engine/tiny-encoder";
import { fixturesFolder, modelsFolder, references } from "@/tests/support/fixtures";

describe.runIf(fixturesFolder && modelsFolder)("all-MiniLM-L6-v2, a bare encoder, as transformers computes it", references, () => {
  const folder = join(modelsFolder ?? "", "all-minilm-l6-v2");
  let encoder: EncoderModel;
  let values: SafetensorsFile;
  let batch: TextBatch;

  beforeAll(async () => {
    await startEngine();
    encoder = loadEncoderFolder(folder);
    values = openSafetensors(join(fixturesFolder ?? "", "parity", "minilm.safetensors"));
    const [rows = 0, tokens = 0] = values.shape("input_ids");
    batch = { ids: values.readInts("input_ids"), attentionMask: values.readInts("attention_mask"), rows, tokens };
  });
  afterAll(() => {
    encoder.free();
    values.close();
    expect(liveTensors()).toBe(0);
  });

  it("reads the texts' own tokens", () => {
    const { texts } = JSON.parse(readFileSync(join(fixturesFolder ?? "", "parity", "minilm.json"), "utf8")) as { texts: string[] };
    const tokenizer = loadTokenizer(folder);
    texts.forEach((text, row) => {
      const ids = tokenizer.encode(text, { addSpecialTokens: true });
      expect(Array.from(batch.ids.subarray(row * batch.tokens, row * batch.tokens + ids.length))).toEqual(ids);
    });
  });

  it("gives the hidden states of the middle and the end, at real tokens", () => {
    const { hiddenStates } = encoder.forward(batch, { hiddenStates: "all" });
    const isReal = (_: number, at: number) => batch.attentionMask?.[Math.floor(at / 384)] === 1;
    for (const layer of [3, 6]) {
      const state = hiddenStates[layer];
      if (state === undefined) throw new Error(`no hidden state ${layer}`);
      const wanted = values.read(`hidden.${layer}`).filter(isReal);
      expect(largestDifference(readFloats(state).filter(isReal), wanted)).toBeLessThan(1e-5);
    }
    free(hiddenStates);
  });

  it("stops after the requested layer", () => {
    const { final } = encoder.forward(batch, { lastLayer: 2 });
    const isReal = (_: number, at: number) => batch.attentionMask?.[Math.floor(at / 384)] === 1;
    expect(largestDifference(readFloats(final).filter(isReal), values.read("hidden.3").filter(isReal))).toBeLessThan(1e-5);
    free(final);
  });

  it("gives the embeddings and their cosines", () => {
    const { final } = encoder.forward(batch);
    const embeddings = sentenceEmbeddings(readFloats(final), batch);
    free(final);
    expect(largestDifference(embeddings, values.read("embedding"))).toBeLessThan(1e-5);
    const row = (at: number) => embeddings.subarray(at * 384, (at + 1) * 384);
    const cosines = Array.from({ length: batch.rows * batch.rows }, (_, at) => {
      const other = row(at % batch.rows);
      return row(Math.floor(at / batch.rows)).reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
    });
    expect(largestDifference(cosines, values.read("cosine"))).toBeLessThan(1e-5);
  });
});
