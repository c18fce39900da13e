import { geluTanh, geluTanhGrad } from "@/server/engine/tensor/activations";
import { add, addAll } from "@/server/engine/tensor/arithmetic";
import { fromValues, toFloat32 } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { concat, gatherRows, split } from "@/server/engine/tensor/layout";
import { type LayerNormSaved, layerNorm, layerNormGrad } from "@/server/engine/tensor/normalise";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { attend, attendBackward, attendOneToken, type HeadShape, type SavedAttention } from "./attention";
import type { Block, BlockPass, CausalArchitecture, StepPass } from "./block";
import type { Gpt2Config } from "./config";
import type { FrozenWeights } from "./frozen-weights";
import { type Projection, project, projectBackward, type SavedProjection, stepProject } from "./projection";
import type { Gradients } from "./projection-hook";
import { demandWeights, readVector, transposed, type WeightShapes, type WeightSource } from "./weights";

const NAMES = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"] as const;
type Name = (typeof NAMES)[number];

type Norm = { readonly weight: Tensor; readonly bias: Tensor };

type Gpt2Saved = {
  readonly x: Tensor;
  readonly norm1: LayerNormSaved;
  readonly attention: SavedAttention;
  readonly middle: Tensor;
  readonly norm2: LayerNormSaved;
  /** Before the activation. */
  readonly inner: Tensor;
  readonly adapted: Readonly<Record<Name, SavedProjection>>;
};

/**
 * GPT-2: learned positions, layer norms, one joined projection for q, k and v. Its linear modules are Conv1D, stored (dIn, dOut);
 * here they are held (dOut, dIn) as everywhere. A block is a part.
 */
export function* gpt2Architecture(
  config: Gpt2Config,
  source: WeightSource,
  weights: FrozenWeights,
): InParts<CausalArchitecture<Gpt2Saved>> {
  const named = withPrefix(source);
  demandWeights(named, gpt2WeightShapes(config), (name) => mayIgnore(name, config));
  const vector = (name: string) => weights.hold(readVector(named, name));
  const norm = (name: string): Norm => ({ weight: vector(`${name}.weight`), bias: vector(`${name}.bias`) });
  const matrix = (name: string) => weights.matrix(named.read(name), named.shape(name));
  const tokenEmbedding = matrix("transformer.wte.weight");
  const positionEmbedding = matrix("transformer.wpe.weight");
  const head = config.tieWordEmbeddings ? tokenEmbedding : matrix("lm_head.weight");
  const finalNorm = norm("transformer.ln_f");
  const shape: HeadShape = { heads: config.heads, kvHeads: config.heads, dHead: config.dHead };

  const readBlock = (layer: number) => {
    const prefix = `transformer.h.${layer}`;
    const projections = NAMES.map((name): Projection => {
      const module = `${prefix}.${name}`;
      const [dIn = 0, dOut = 0] = named.shape(`${module}.weight`);
      const held = weights.narrowing(transposed(named.read(`${module}.weight`), dIn, dOut), dOut, dIn);
      return { module, name: name.slice(name.indexOf(".") + 1), layer, dIn, dOut, ...held, bias: vector(`${module}.bias`) };
    });
    return gpt2Block(config, shape, layer, projections, [norm(`${prefix}.ln_1`), norm(`${prefix}.ln_2`)], weights);
  };
  const blocks: Block<Gpt2Saved>[] = [];
  for (let layer = 0; layer < config.numLayers; layer++) {
    blocks.push(readBlock(layer));
    yield;
  }

  return {
    blocks,
    kvHeads: config.heads,
    dHead: config.dHead,
    embed(ids, positions) {
      const tokens = gatherRows(tokenEmbedding, fromValues(ids, [ids.length]));
      const places = gatherRows(positionEmbedding, fromValues(positions, [positions.length]));
      return weights.dtype === "bfloat16" ? add(toFloat32(tokens), toFloat32(places)) : add(tokens, places);
    },
    rotary: () => undefined,
    finalNorm(x) {
      const { y, ...saved } = layerNorm(x, finalNorm.weight, finalNorm.bias, config.normEpsilon);
      return { y, saved, backward: (dy) => layerNormGrad(x, saved, finalNorm.weight, dy) };
    },
    unembedding: { gain: finalNorm.weight, isCentred: true, head },
  };
}

function gpt2Block(
  config: Gpt2Config,
  shape: HeadShape,
  layer: number,
  projections: readonly Projection[],
  [norm1, norm2]: readonly [Norm, Norm],
  frozen: FrozenWeights,
): Block<Gpt2Saved> {
  const [qkv, output, inner, outer] = projections as readonly [Projection, Projection, Projection, Projection];
  const thirds = [config.dModel, config.dModel, config.dModel];

  function forward(x: Tensor, pass: BlockPass): { y: Tensor; saved: Gpt2Saved } {
    const { hooks, hookPass } = pass;
    const first = layerNorm(x, norm1.weight, norm1.bias, config.normEpsilon);
    const joined = project(qkv, first.y, hooks, hookPass);
    const [q, k, v] = split(joined.output, thirds, 1) as [Tensor, Tensor, Tensor];
    const { mixed, saved: attention } = attend(q, k, v, shape, pass, layer);
    const attended = project(output, mixed, hooks, hookPass);
    const middle = add(x, attended.output);
    const second = layerNorm(middle, norm2.weight, norm2.bias, config.normEpsilon);
    const wide = project(inner, second.y, hooks, hookPass);
    const narrow = project(outer, geluTanh(wide.output), hooks, hookPass);
    return {
      y: add(middle, narrow.output),
      saved: {
        x,
        norm1: { mean: first.mean, inverseStd: first.inverseStd },
        attention,
        middle,
        norm2: { mean: second.mean, inverseStd: second.inverseStd },
        inner: wide.output,
        adapted: { "attn.c_attn": joined.saved, "attn.c_proj": attended.saved, "mlp.c_fc": wide.saved, "mlp.c_proj": narrow.saved },
      },
    };
  }

  function backward(dy: Tensor, saved: Gpt2Saved, pass: BlockPass, needsInput: boolean, gradients: Gradients): Tensor | undefined {
    const { adapted } = saved;
    const needsQkv = needsInput || adapted["attn.c_attn"] !== undefined;
    const needsMiddle = needsQkv || adapted["attn.c_proj"] !== undefined;
    const needsInner = needsMiddle || adapted["mlp.c_fc"] !== undefined;

    const dActive = sum(projectBackward(outer, dy, adapted["mlp.c_proj"], needsInner, gradients));
    if (dActive === undefined) return undefined;
    const dNorm2 = sum(projectBackward(inner, geluTanhGrad(saved.inner, dActive), adapted["mlp.c_fc"], needsMiddle, gradients));
    if (dNorm2 === undefined) return undefined;
    const dMiddle = layerNormGrad(saved.middle, saved.norm2, norm2.weight, dNorm2, dy);
    const dMixed = sum(projectBackward(output, dMiddle, adapted["attn.c_proj"], needsQkv, gradients));
    if (dMixed === undefined) return undefined;
    const { dQ, dK, dV } = attendBackward(dMixed, saved.attention, shape, pass, { q: true, k: true, v: true });
    const dJoined = concat([dQ, dK, dV] as Tensor[], 1);
    const dNorm1 = sum(projectBackward(qkv, dJoined, adapted["attn.c_attn"], needsInput, gradients));
    return dNorm1 === undefined ? undefined : layerNormGrad(saved.x, saved.norm1, norm1.weight, dNorm1, dMiddle);
  }

  function step(x: Tensor, pass: StepPass): Tensor {
    const first = layerNorm(x, norm1.weight, norm1.bias, config.normEpsilon).y;
    const [q, k, v] = split(inStep(qkv, first, pass), thirds, 1) as [Tensor, Tensor, Tensor];
    const middle = add(x, inStep(output, attendOneToken(q, k, v, shape, pass, layer), pass));
    const second = layerNorm(middle, norm2.weight, norm2.bias, config.normEpsilon).y;
    return add(middle, inStep(outer, geluTanh(inStep(inner, second, pass)), pass));
  }

  function inStep(projection: Projection, x: Tensor, { hooks, hookPass, dtype }: StepPass): Tensor {
    return stepProject(frozen.projectionForDecoding(projection, dtype), x, hooks, hookPass);
  }

  return { layer, projections, forward, backward, step };
}

function sum(parts: readonly Tensor[]): Tensor | undefined {
  return parts.length < 2 ? parts[0] : addAll(parts);
}

/** The first GPT-2 checkpoints name their tensors without the model's prefix. */
function withPrefix(source: WeightSource): WeightSource {
  if (source.names().some((name) => name.startsWith("transformer."))) return source;
  const inner = (name: string) => name.replace(/^transformer\./, "");
  return {
    names: () => source.names().map((name) => (name === "lm_head.weight" ? name : `transformer.${name}`)),
    shape: (name) => source.shape(inner(name)),
    read: (name) => source.read(inner(name)),
  };
}

function gpt2WeightShapes({ vocab, dModel, dFeedForward, contextLength, numLayers, tieWordEmbeddings }: Gpt2Config): WeightShapes {
  const shapes = new Map<string, readonly number[]>([
    ["transformer.wte.weight", [vocab, dModel]],
    ["transformer.wpe.weight", [contextLength, dModel]],
  ]);
  if (!tieWordEmbeddings) shapes.set("lm_head.weight", [vocab, dModel]);
  const widths: Record<Name, readonly [number, number]> = {
    "attn.c_attn": [dModel, 3 * dModel],
    "attn.c_proj": [dModel, dModel],
    "mlp.c_fc": [dModel, dFeedForward],
    "mlp.c_proj": [dFeedForward, dModel],
  };
  const norms = ["transformer.ln_f"];
  for (let layer = 0; layer < numLayers; layer++) {
    const prefix = `transformer.h.${layer}`;
    norms.push(`${prefix}.ln_1`, `${prefix}.ln_2`);
    for (const name of NAMES) {
      shapes.set(`${prefix}.${name}.weight`, widths[name]);
      shapes.set(`${prefix}.${name}.bias`, [widths[name][1]]);
    }
  }
  for (const norm of norms) for (const part of ["weight", "bias"]) shapes.set(`${norm}.${part}`, [dModel]);
  return shapes;
}

/** Old checkpoints store the causal mask; a tied head may be stored beside the embedding. */
function mayIgnore(name: string, config: Gpt2Config): boolean {
  return /\.attn\.(bias|masked_bias)$/.test(name) || (config.tieWordEmbeddings && name === "lm_head.weight");
}
