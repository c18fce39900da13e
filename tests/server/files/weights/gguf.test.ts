import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openGguf } from "@/server/files/weights/gguf";
import { convertedValues } from "@/server/files/weights/gguf-conversion";
import { fixturesFolder, modelsFolder, references } from "@/tests/support/fixtures";

const model = join(modelsFolder ?? "", "smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");

describe.runIf(fixturesFolder && modelsFolder)("SmolLM2's GGUF file", references, () => {
  it("dequantises each tensor to the very bytes of the reference", () => {
    const expected = readExpected();
    const file = openGguf(model);
    const described = expected.map(({ name }) => ({
      name,
      type: file.dtype(name),
      shape: file.shape(name),
      sha256_f32: sha256(file.read(name)),
    }));
    expect(described).toEqual(expected.map(({ name, type, shape, sha256_f32 }) => ({ name, type, shape, sha256_f32 })));
    expect(file.names()).toHaveLength(expected.length);
    file.close();
  });

  it("stands for the configuration of the original checkpoint", () => {
    const { config, weights, tokenizer, format } = openCheckpoint(model);
    expect(config).toMatchObject({
      model_type: "llama",
      hidden_size: 576,
      intermediate_size: 1536,
      num_hidden_layers: 30,
      num_attention_heads: 9,
      num_key_value_heads: 3,
      head_dim: 64,
      rms_norm_eps: 1e-5,
      rope_parameters: { rope_type: "default", rope_theta: 100000 },
      tie_word_embeddings: true,
      vocab_size: 49152,
      bos_token_id: 1,
      eos_token_id: 2,
    });
    expect(weights.names()).toHaveLength(272);
    expect(weights.shape("model.layers.29.mlp.down_proj.weight")).toEqual([576, 1536]);
    expect(tokenizer?.kind).toBe("gguf");
    expect(format).toBe("gguf");
    weights.close();
  });

  it("gives the rows of q and k in Hugging Face order", () => {
    const file = openGguf(model);
    const { weights } = openCheckpoint(model);
    const raw = file.read("blk.3.attn_k.weight");
    const read = weights.read("model.layers.3.self_attn.k_proj.weight");
    for (const [head, i, s] of [
      [0, 0, 0],
      [1, 5, 1],
      [2, 31, 0],
    ] as const) {
      const fileRow = head * 64 + 2 * i + s;
      const row = head * 64 + 32 * s + i;
      expect(read.subarray(row * 576, (row + 1) * 576)).toEqual(raw.subarray(fileRow * 576, (fileRow + 1) * 576));
    }
    file.close();
    weights.close();
  });
});

describe("the rows of a rotary projection", () => {
  it("are put back so that the two halves of a head follow each other", () => {
    // Two heads of four rows, one column; file order is (0, 2, 1, 3) in each head.
    const rows = Float32Array.of(10, 12, 11, 13, 20, 22, 21, 23);
    expect([...convertedValues(rows, [8, 1], { kind: "rotaryRows", heads: 2 })]).toEqual([10, 11, 12, 13, 20, 21, 22, 23]);
  });

  it("must make up whole heads", () => {
    expect(() => convertedValues(new Float32Array(7), [7, 1], { kind: "rotaryRows", heads: 2 })).toThrow(RangeError);
  });
});

describe("the rows of a joined projection", () => {
  it("are put head by head, each with its query, key and value", () => {
    // Two heads of two rows, one column; in the file all queries, then keys, then values.
    const rows = Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400);
    expect([...convertedValues(rows, [12, 1], { kind: "rowsByHead", heads: 2 })]).toEqual([1, 2, 10, 20, 100, 200, 3, 4, 30, 40, 300, 400]);
  });

  it("must make up whole heads", () => {
    expect(() => convertedValues(new Float32Array(9), [9, 1], { kind: "rowsByHead", heads: 2 })).toThrow(
      "9 rows cannot be queries, keys and values of 2 heads",
    );
  });
});

function sha256(values: Float32Array): string {
  return createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");
}

function readExpected(): { name: string; type: string; shape: number[]; sha256_f32: string }[] {
  const lines = readFileSync(join(fixturesFolder ?? "", "parity/smollm2-gguf-tensors.jsonl"), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line));
}
