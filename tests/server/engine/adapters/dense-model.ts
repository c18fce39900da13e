import type { FusedConfig, GatedConfig } from "@/lib/contract/architectures/decoder-config";
import type { ModelConfig } from "@/lib/contract/architectures/parse-model-config";
import type { WeightSource } from "@/server/engine/models/weights";

type Vector = ArrayLike<number>;

/** What is added to a module's output at each token; x and the result by token. */
export type DenseUpdate = (module: string, x: readonly Vector[]) => readonly Vector[] | undefined;

/** How Gemma's blocks differ from Llama's. */
const forms = {
  llama: { offset: 0, embeddingFactor: () => 1, bend: (gate: number) => gate / (1 + Math.exp(-gate)) },
  gemma: { offset: 1, embeddingFactor: Math.sqrt, bend: geluTanh },
};

/**
 * Llama, Gemma and GPT-2 written out in float64 with nothing of the engine: one sequence, no cache, every product a sum of its terms.
 *
 * @returns (tokens) logits of each token
 */
export function denseLogits(config: ModelConfig, source: WeightSource, ids: ArrayLike<number>, update: DenseUpdate): Float64Array[] {
  if (config.blocks === "joined") throw new Error("joined projections are not written out here");
  if (config.blocks === "fused") return gpt2(config, source, ids, update);
  return llama(config, config.architecture === "gemma", source, ids, update);
}

function llama(config: GatedConfig, isGemma: boolean, source: WeightSource, ids: ArrayLike<number>, update: DenseUpdate): Float64Array[] {
  const { heads, kvHeads, dHead, dModel, normEpsilon } = config;
  const { offset, embeddingFactor, bend } = isGemma ? forms.gemma : forms.llama;
  const embedding = source.read("model.embed_tokens.weight");
  const project = (module: string, x: readonly Vector[]) => {
    const bias = source.names().includes(`${module}.bias`) ? source.read(`${module}.bias`) : undefined;
    return plus(product(source.read(`${module}.weight`), x, bias), update(module, x));
  };
  const norm = (name: string, x: readonly Vector[]) =>
    x.map((row) =>
      rmsNorm(
        row,
        map(source.read(name), (w) => w + offset),
        normEpsilon,
      ),
    );
  let x: readonly Vector[] = Array.from(ids, (id) =>
    map(embedding.subarray(id * dModel, (id + 1) * dModel), (value) => value * embeddingFactor(dModel)),
  );
  for (let layer = 0; layer < config.numLayers; layer++) {
    const prefix = `model.layers.${layer}`;
    const input = norm(`${prefix}.input_layernorm.weight`, x);
    const q = project(`${prefix}.self_attn.q_proj`, input).map((row, at) => rotate(row, at, config));
    const k = project(`${prefix}.self_attn.k_proj`, input).map((row, at) => rotate(row, at, config));
    const v = project(`${prefix}.self_attn.v_proj`, input);
    const middle = plus(x, project(`${prefix}.self_attn.o_proj`, attend(q, k, v, heads, kvHeads, dHead)));
    const inner = norm(`${prefix}.post_attention_layernorm.weight`, middle);
    const up = project.bind(undefined, `${prefix}.mlp.up_proj`);
    const gate = project(`${prefix}.mlp.gate_proj`, inner);
    const gated = up(inner).map((row, at) => map(row, (value, i) => value * bend(entry(gate, at, i))));
    x = plus(middle, project(`${prefix}.mlp.down_proj`, gated));
  }
  const head = config.tieWordEmbeddings ? embedding : source.read("lm_head.weight");
  return product(head, norm("model.norm.weight", x), undefined);
}

function gpt2(config: FusedConfig, source: WeightSource, ids: ArrayLike<number>, update: DenseUpdate): Float64Array[] {
  const { heads, dHead, dModel, normEpsilon } = config;
  const embedding = source.read("transformer.wte.weight");
  const places = source.read("transformer.wpe.weight");
  const project = (module: string, x: readonly Vector[]) => {
    const weight = source.read(`${module}.weight`);
    return plus(productByInput(weight, x, source.read(`${module}.bias`)), update(module, x));
  };
  const norm = (name: string, x: readonly Vector[]) =>
    x.map((row) => layerNorm(row, source.read(`${name}.weight`), source.read(`${name}.bias`), normEpsilon));
  let x: readonly Vector[] = Array.from(ids, (id, at) =>
    map(embedding.slice(id * dModel, (id + 1) * dModel), (value, i) => value + (places[at * dModel + i] ?? 0)),
  );
  for (let layer = 0; layer < config.numLayers; layer++) {
    const prefix = `transformer.h.${layer}`;
    const joined = project(`${prefix}.attn.c_attn`, norm(`${prefix}.ln_1`, x));
    const third = (which: number) => joined.map((row) => Float64Array.from(row).slice(which * dModel, (which + 1) * dModel));
    const middle = plus(x, project(`${prefix}.attn.c_proj`, attend(third(0), third(1), third(2), heads, heads, dHead)));
    const wide = project(`${prefix}.mlp.c_fc`, norm(`${prefix}.ln_2`, middle));
    const active = wide.map((row) => map(row, geluTanh));
    x = plus(middle, project(`${prefix}.mlp.c_proj`, active));
  }
  const head = config.tieWordEmbeddings ? embedding : source.read("lm_head.weight");
  return product(head, norm("transformer.ln_f", x), undefined);
}

function geluTanh(value: number): number {
  return 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)));
}

/** Causal attention of grouped heads; q already at its place, not yet scaled. */
function attend(
  q: readonly Vector[],
  k: readonly Vector[],
  v: readonly Vector[],
  heads: number,
  kvHeads: number,
  dHead: number,
): Float64Array[] {
  return q.map((query, to) => {
    const mixed = new Float64Array(heads * dHead);
    for (let head = 0; head < heads; head++) {
      const shared = Math.floor(head / (heads / kvHeads)) * dHead;
      const own = head * dHead;
      const weights = Array.from({ length: to + 1 }, (_, from) => {
        let dot = 0;
        for (let i = 0; i < dHead; i++) dot += (query[own + i] ?? 0) * entry(k, from, shared + i);
        return Math.exp(dot / Math.sqrt(dHead));
      });
      const total = weights.reduce((a, b) => a + b, 0);
      weights.forEach((weight, from) => {
        for (let i = 0; i < dHead; i++) mixed[own + i] = (mixed[own + i] ?? 0) + (weight / total) * entry(v, from, shared + i);
      });
    }
    return mixed;
  });
}

/** Rotary positions in rotate-half form. */
function rotate(row: Vector, position: number, { dHead, rotary }: GatedConfig): Float64Array {
  const half = dHead / 2;
  return map(row, (value, at) => {
    const i = at % dHead;
    const angle = position * (rotary[0]?.theta ?? Number.NaN) ** (-(i % half) / half);
    const other = i < half ? -(row[at + half] ?? 0) : (row[at - half] ?? 0);
    return value * Math.cos(angle) + other * Math.sin(angle);
  });
}

function rmsNorm(row: Vector, weight: Vector, epsilon: number): Float64Array {
  const mean = Array.from(row).reduce((sum, value) => sum + value * value, 0) / row.length;
  return map(row, (value, i) => (value / Math.sqrt(mean + epsilon)) * (weight[i] ?? 0));
}

function layerNorm(row: Vector, weight: Vector, bias: Vector, epsilon: number): Float64Array {
  const mean = Array.from(row).reduce((sum, value) => sum + value, 0) / row.length;
  const variance = Array.from(row).reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return map(row, (value, i) => ((value - mean) / Math.sqrt(variance + epsilon)) * (weight[i] ?? 0) + (bias[i] ?? 0));
}

/** weight (dOut, dIn) · each row + bias */
export function product(weight: Vector, x: readonly Vector[], bias: Vector | undefined): Float64Array[] {
  return x.map((row) => {
    const dIn = row.length;
    return vector(weight.length / dIn, (o) => {
      let sum = bias?.[o] ?? 0;
      for (let i = 0; i < dIn; i++) sum += (weight[o * dIn + i] as number) * (row[i] as number);
      return sum;
    });
  });
}

/** The same with a weight (dIn, dOut). */
function productByInput(weight: Vector, x: readonly Vector[], bias: Vector): Float64Array[] {
  return x.map((row) => {
    const dOut = bias.length;
    return vector(dOut, (o) => {
      let sum = bias[o] as number;
      for (let i = 0; i < row.length; i++) sum += (weight[i * dOut + o] as number) * (row[i] as number);
      return sum;
    });
  });
}

function plus(a: readonly Vector[], b: readonly Vector[] | undefined): readonly Vector[] {
  return b === undefined ? a : a.map((row, at) => map(row, (value, i) => value + entry(b, at, i)));
}

function map(row: Vector, change: (value: number, i: number) => number): Float64Array {
  return vector(row.length, (i) => change(row[i] as number, i));
}

/** `Float64Array.from` takes many times as long. */
export function vector(length: number, valueAt: (i: number) => number): Float64Array {
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = valueAt(i);
  return values;
}

function entry(rows: readonly Vector[], at: number, i: number): number {
  return rows[at]?.[i] as number;
}
