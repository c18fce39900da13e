import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { DECODER_NAMES } from "@/lib/contract/architectures/architectures";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { parseEncoderConfig, parseModelConfig } from "@/lib/contract/architectures/parse-model-config";
import { loadEncoder } from "@/server/engine/models/encoders/load-encoder";
import type { WeightSource } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largest, largestDifference } from "@/tests/server/engine/tiny";
import {
  loadToyEncoder,
  renamedWeights,
  type ToyEncoderName,
  toyEncoderBatch,
  toyEncoderConfigs,
  toyEncoderWeights,
} from "@/tests/server/engine/toy-encoder";

const NAMES = ["bert", "roberta", "deberta-v2"] as const;
const prefixOf = (name: ToyEncoderName) => (name === "deberta-v2" ? "deberta" : name);

function finalStates(config: RawModelConfig, source: WeightSource): { final: Float32Array; hasPooler: boolean; head: string[] } {
  const encoder = loadEncoder(config, source);
  const final = tidy(() => readFloats(encoder.forward(toyEncoderBatch()).final));
  const found = { final, hasPooler: encoder.pooler !== undefined, head: [...(encoder.checkpointHead?.keys() ?? [])] };
  encoder.free();
  return found;
}

describe("loadEncoder", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  it.each(NAMES)("reads %s also bare, without the model's prefix, and with the heads of its pretraining", (name) => {
    const config = toyEncoderConfigs[name];
    const prefix = prefixOf(name);
    const whole = finalStates(config, toyEncoderWeights(name));
    expect(whole.head.every((tensor) => tensor.startsWith("classifier."))).toBe(true);
    expect(whole.head.length).toBe(name === "roberta" ? 4 : 2);

    const isHead = (tensor: string) => tensor.startsWith("classifier.") || tensor.startsWith("pooler.");
    const bare = renamedWeights(toyEncoderWeights(name), (tensor) => (isHead(tensor) ? null : tensor.replace(`${prefix}.`, "")));
    expect(bare.names().some((tensor) => tensor.startsWith(prefix))).toBe(false);
    const without = finalStates({ ...config, architectures: ["SomeModel"] }, bare);
    expect(without).toEqual({ final: whole.final, hasPooler: name === "bert", head: [] });

    const pretraining = [
      "cls.predictions.bias",
      "lm_head.dense.weight",
      "lm_predictions.lm_head.bias",
      `${prefix}.embeddings.position_ids`,
    ];
    const masked = renamedWeights(toyEncoderWeights(name), (tensor) => (/^classifier|pooler/.test(tensor) ? null : tensor));
    const more = { ...masked, names: () => [...masked.names(), ...pretraining] };
    expect(finalStates({ ...config, architectures: ["SomeForMaskedLM"] }, more)).toEqual({
      final: whole.final,
      hasPooler: false,
      head: [],
    });
  });

  it("reads norms under their old names, gamma and beta", () => {
    const old = renamedWeights(toyEncoderWeights("bert"), (name) =>
      name.replace(/LayerNorm\.weight$/, "LayerNorm.gamma").replace(/LayerNorm\.bias$/, "LayerNorm.beta"),
    );
    expect(old.names()).toContain("bert.embeddings.LayerNorm.gamma");
    expect(finalStates(toyEncoderConfigs.bert, old)).toEqual(finalStates(toyEncoderConfigs.bert, toyEncoderWeights("bert")));
  });

  it("lists the projections by the checkpoint's names, in the order of computation, the pooler last", () => {
    const encoder = loadToyEncoder("deberta-v2");
    expect(encoder.projections.map(({ module, layer, dIn, dOut }) => [module, layer, dIn, dOut]).slice(6)).toEqual([
      ["deberta.encoder.layer.1.attention.self.query_proj", 1, 12, 12],
      ["deberta.encoder.layer.1.attention.self.key_proj", 1, 12, 12],
      ["deberta.encoder.layer.1.attention.self.value_proj", 1, 12, 12],
      ["deberta.encoder.layer.1.attention.output.dense", 1, 12, 12],
      ["deberta.encoder.layer.1.intermediate.dense", 1, 12, 14],
      ["deberta.encoder.layer.1.output.dense", 1, 14, 12],
      ["pooler.dense", 2, 12, 12],
    ]);
    encoder.free();
    const roberta = loadToyEncoder("roberta");
    expect(roberta.projections.at(-1)?.module).toBe("roberta.encoder.layer.1.output.dense");
    roberta.free();
  });

  it("names tensors that are missing, superfluous or of another shape, and keeps nothing", () => {
    const plain = toyEncoderWeights("bert");
    const load = (source: WeightSource) => () => loadEncoder(toyEncoderConfigs.bert, source);
    const gone = "bert.encoder.layer.1.output.LayerNorm.bias";
    expect(load(renamedWeights(plain, (name) => (name === gone ? null : name)))).toThrow(`missing: ${gone}`);
    expect(load({ ...plain, names: () => [...plain.names(), "qa_outputs.weight"] })).toThrow("not of this architecture: qa_outputs.weight");
    const turned = { ...plain, shape: (name: string) => (name === "classifier.weight" ? [3, 12] : plain.shape(name)) };
    expect(load(turned)).toThrow("classifier.weight [3,12] instead of [5,12]");
    const broken = {
      ...plain,
      read(name: string) {
        if (name === gone) throw new Error("the disk is gone");
        return plain.read(name);
      },
    };
    expect(load(broken)).toThrow("the disk is gone");
  });

  it.each(NAMES)("computes %s in bfloat16 near to float32", (name) => {
    const [full = new Float32Array(0), half = new Float32Array(0)] = (["float32", "bfloat16"] as const).map((dtype) => {
      const encoder = loadToyEncoder(name, dtype);
      const final = tidy(() => readFloats(encoder.forward(toyEncoderBatch()).final));
      encoder.free();
      return final;
    });
    expect(largestDifference(full, half)).toBeGreaterThan(0);
    expect(largestDifference(full, half)).toBeLessThan(0.05 * largest(full));
  });

  it("refuses a batch that does not fit, naming row and token", () => {
    const encoder = loadToyEncoder("bert");
    const batch = toyEncoderBatch();
    const types = batch.ids.map((_, at) => (at === 12 ? 2 : 0));
    expect(() => encoder.forward({ ...batch, tokenTypeIds: types })).toThrow("row 1, token 1: token type 2 is not in 0…1");
    expect(() => encoder.forward({ ...batch, tokenTypeIds: types.subarray(1) })).toThrow("tokenTypeIds has 32 entries");
    expect(() => encoder.forward({ ...batch, ids: batch.ids.map(() => 23) })).toThrow("row 0, token 0: id 23 is not in 0…22");
    expect(() => encoder.forward({ ids: new Int32Array(20), rows: 1, tokens: 20 })).toThrow("context of 19 tokens");
    const empty = batch.attentionMask?.map((real, at) => (at < 11 ? 0 : real));
    expect(() => encoder.forward({ ...batch, attentionMask: empty })).toThrow("row 0 of the batch is all padding");
    encoder.free();
    const roberta = loadToyEncoder("roberta");
    expect(() => roberta.forward({ ids: new Int32Array(18), rows: 1, tokens: 18 })).toThrow("context of 17 tokens");
    roberta.free();
  });

  it("takes given positions as they are", () => {
    const encoder = loadToyEncoder("bert");
    const batch = { ids: Int32Array.of(5, 6, 7), rows: 1, tokens: 3 };
    const states = (positionIds?: Int32Array) => tidy(() => readFloats(encoder.forward({ ...batch, positionIds }).final));
    expect(states(Int32Array.of(0, 1, 2))).toEqual(states());
    expect(largestDifference(states(Int32Array.of(4, 1, 2)), states())).toBeGreaterThan(1e-2);
    encoder.free();
  });
});

describe("parseEncoderConfig", () => {
  const deberta = (more: RawModelConfig) => () => parseEncoderConfig({ ...toyEncoderConfigs["deberta-v2"], ...more });
  const bert = (more: RawModelConfig) => () => parseEncoderConfig({ ...toyEncoderConfigs.bert, ...more });

  it("refuses by name what would silently compute something else", () => {
    expect(deberta({ conv_kernel_size: 3 })).toThrow("conv_kernel_size 3 is not supported");
    expect(deberta({ embedding_size: 6 })).toThrow("embedding_size 6 is not supported where hidden_size is 12");
    expect(deberta({ pos_att_type: "c2p|p2p" })).toThrow('pos_att_type "p2p" is not supported');
    expect(deberta({ pos_att_type: [{ c2p: 1 }] })).toThrow('pos_att_type {"c2p":1} is not supported');
    expect(deberta({ norm_rel_ebd: "batch_norm" })).toThrow('norm_rel_ebd "batch_norm" is not supported');
    expect(deberta({ position_buckets: 1 })).toThrow("position_buckets 1 is not supported");
    expect(deberta({ pooler_hidden_act: "mish" })).toThrow('pooler_hidden_act "mish" is not supported');
    expect(bert({ hidden_act: "mish" })).toThrow('hidden_act "mish" is not supported; supported: gelu,');
    expect(bert({ position_embedding_type: "relative_key" })).toThrow('position_embedding_type "relative_key"');
    expect(bert({ is_decoder: true })).toThrow("is_decoder is true");
    expect(bert({ num_attention_heads: 5 })).toThrow("hidden_size 12 is not a multiple of num_attention_heads 5");
    expect(bert({ problem_type: "multi_label_classification" })).toThrow("multi_label_classification");
    expect(bert({ architectures: ["BertForTokenClassification"] })).toThrow('"BertForTokenClassification", whose head is not supported');
  });

  it("says what an architecture is for, to whoever wants the other kind", () => {
    expect(() => parseEncoderConfig({ model_type: "llama" })).toThrow(
      'model_type "llama" is not a supported encoder; supported: bert, roberta, deberta-v2',
    );
    expect(() => parseModelConfig(toyEncoderConfigs["deberta-v2"])).toThrow(
      `model_type "deberta-v2" is an encoder, which does not generate text; use one of ${DECODER_NAMES.join(", ")}`,
    );
  });

  it("reads older spellings, and counts labels", () => {
    expect(deberta({ pos_att_type: " C2P | p2c", norm_rel_ebd: "none|layer_norm" })()).toMatchObject({
      contentToPosition: true,
      positionToContent: true,
      scoreTerms: 3,
      normalisesRelative: true,
      numRelative: 8,
    });
    expect(deberta({ position_buckets: -1 })()).toMatchObject({ positionBuckets: 0, numRelative: 38, maxDistance: 19 });
    expect(bert({})()).toMatchObject({ numLabels: 5 });
    expect(bert({ id2label: undefined })()).toMatchObject({ numLabels: 2 });
    expect(bert({ id2label: undefined, num_labels: 1 })()).toMatchObject({ numLabels: 1 });
  });
});
