import type { BlockSettings, ExpertSettings, GatedConfig, JoinedConfig } from "@/lib/contract/architectures/decoder-config";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { Projection } from "@/server/engine/models/projection";
import { readVector, storedMatrix, type WeightShapes, type WeightSource } from "@/server/engine/models/weights";
import { fromValues } from "@/server/engine/tensor/create";
import { keep } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { lastPart, outerShapes } from "./decoder-names";
import { type ExpertNames, type ExpertWeights, expertShapes, readExperts } from "./experts/expert-weights";
import type { SubLayerNorms } from "./sub-layer";

export const ATTENTION_INPUTS = ["q", "k", "v"] as const;
/** In the order of computation; so are the MLP's. */
export const ATTENTION_PROJECTIONS = [...ATTENTION_INPUTS, "attentionOutput"] as const;
export type AttentionProjection = (typeof ATTENTION_PROJECTIONS)[number];
export const GATED_MLP_PROJECTIONS = ["gate", "up", "down"] as const;
export type GatedMlpProjection = (typeof GATED_MLP_PROJECTIONS)[number];
type Role = AttentionProjection | GatedMlpProjection;

export type AttentionWeights = {
  readonly projections: Readonly<Record<AttentionProjection, Projection>>;
  /** The weights of q, k and v under each other: what steps read; absent on the WebAssembly engine. */
  readonly qkv: Tensor | undefined;
  /** (dHead) where each head is normed by itself, otherwise as wide as the projection. */
  readonly queryNorm: Tensor | undefined;
  readonly keyNorm: Tensor | undefined;
};

export type GatedMlpWeights = {
  readonly projections: Readonly<Record<GatedMlpProjection, Projection>>;
  /** The weights of gate and up under each other, as above. */
  readonly gateUp: Tensor | undefined;
};

export type MlpWeights =
  | { readonly kind: "gated"; readonly weights: GatedMlpWeights }
  | { readonly kind: "experts"; readonly settings: ExpertSettings; readonly weights: ExpertWeights };

/** The norms around the two sub-layers of a block. */
export type BlockNorms = { readonly attentionNorms: SubLayerNorms; readonly mlpNorms: SubLayerNorms };

/** One block's frozen tensors. */
export type GatedWeights = BlockNorms & { readonly attention: AttentionWeights; readonly mlp: MlpWeights };

/** Reads the tensors of one block. */
export function readGatedBlock(config: GatedConfig, source: WeightSource, layer: number, weights: FrozenWeights): GatedWeights {
  const { names } = config;
  const prefix = `${names.layers}.${layer}`;
  const vector = (name: string) => weights.hold(readVector(source, name));
  const norm = normReader(config, source, layer, weights);
  const norms = blockNorms(norm);

  function readTogether<Together extends Role>(roles: readonly Together[]) {
    const parts = roles.map((role) => {
      const module = `${prefix}.${names[role]}`;
      return { role, module, stored: storedMatrix(source, `${module}.weight`) };
    });
    const { each, joined } = weights.matrices(parts.map(({ stored }) => stored));
    const projections = parts.map(({ role, module, stored: { dOut, dIn } }, i): [Together, Projection] => {
      const bias = hasBias(role, config) ? vector(`${module}.bias`) : undefined;
      const held = { weight: each[i] as Tensor, isHeldByInput: false };
      return [role, { module, name: lastPart(module), layer, dIn, dOut, ...held, bias }];
    });
    return { projections: Object.fromEntries(projections) as Record<Together, Projection>, joined };
  }

  function readAlone(role: Role, outputGain: Tensor | undefined): Projection {
    const module = `${prefix}.${names[role]}`;
    const stored = storedMatrix(source, `${module}.weight`);
    const bias = hasBias(role, config) ? vector(`${module}.bias`) : undefined;
    const { dOut, dIn } = stored;
    return { module, name: lastPart(module), layer, dIn, dOut, ...weights.narrowing(stored), bias, outputGain };
  }

  function readMlp(): MlpWeights {
    const settings = config.experts[layer];
    if (settings !== undefined) {
      return { kind: "experts", settings, weights: readExperts(expertNames(config, prefix), settings, config.dModel, source, weights) };
    }
    const gateUp = readTogether(["gate", "up"]);
    return {
      kind: "gated",
      weights: { projections: { ...gateUp.projections, down: readAlone("down", norms.mlpNorms.after) }, gateUp: gateUp.joined },
    };
  }

  const qkv = readTogether(ATTENTION_INPUTS);
  return {
    attention: {
      projections: { ...qkv.projections, attentionOutput: readAlone("attentionOutput", norms.attentionNorms.after) },
      qkv: qkv.joined,
      queryNorm: norm("queryNorm"),
      keyNorm: norm("keyNorm"),
    },
    mlp: readMlp(),
    ...norms,
  };
}

type NormReader = (role: NormRole) => Tensor | undefined;

/** Reads the norms of one block; undefined for those that the architecture does not have. */
export function normReader(config: GatedConfig | JoinedConfig, source: WeightSource, layer: number, weights: FrozenWeights): NormReader {
  const { names } = config;
  const widths = normWidths(config);
  return (role) => (widths.has(role) ? readNormGain(config, source, `${names.layers}.${layer}.${names[role]}`, weights) : undefined);
}

export function blockNorms(norm: NormReader): BlockNorms {
  return {
    attentionNorms: { before: norm("attentionNorm"), after: norm("attentionOutputNorm") },
    mlpNorms: { before: norm("mlpNorm"), after: norm("mlpOutputNorm") },
  };
}

/** What an RMS norm multiplies by, with the configuration's offset in it. */
export function readNormGain({ normOffset }: BlockSettings, source: WeightSource, module: string, weights: FrozenWeights): Tensor {
  const name = `${module}.weight`;
  if (normOffset === 0) return weights.hold(readVector(source, name));
  const values = source.read(name).map((value) => value + normOffset);
  return weights.hold(keep(fromValues(values, source.shape(name))));
}

function hasBias(role: Role, config: GatedConfig): boolean {
  if (role === "q" || role === "k" || role === "v") return config.hasQkvBias;
  return role === "attentionOutput" ? config.hasOutputBias : config.hasMlpBias;
}

const NORM_ROLES = ["attentionNorm", "attentionOutputNorm", "mlpNorm", "mlpOutputNorm", "queryNorm", "keyNorm"] as const;
type NormRole = (typeof NORM_ROLES)[number];

/** The norms that a block has, with their widths. */
function normWidths({ names, queryKeyNorm, dModel, heads, kvHeads, dHead }: GatedConfig | JoinedConfig): Map<NormRole, number> {
  const isWhole = queryKeyNorm === "whole";
  const widths: Record<NormRole, number> = {
    attentionNorm: dModel,
    attentionOutputNorm: dModel,
    mlpNorm: dModel,
    mlpOutputNorm: dModel,
    queryNorm: isWhole ? heads * dHead : dHead,
    keyNorm: isWhole ? kvHeads * dHead : dHead,
  };
  const isThere = (role: NormRole) =>
    names[role] !== undefined && (queryKeyNorm !== "none" || (role !== "queryNorm" && role !== "keyNorm"));
  return new Map(NORM_ROLES.filter(isThere).map((role) => [role, widths[role]]));
}

function expertNames({ names: { router = "", experts = "" } }: GatedConfig, prefix: string): ExpertNames {
  return { router: `${prefix}.${router}`, experts: `${prefix}.${experts}` };
}

/**
 * Every tensor that a checkpoint of this configuration has, with its shape.
 *
 * @param stored the names that it has: experts are stored in either of two forms
 */
export function gatedWeightShapes(config: GatedConfig, stored: readonly string[]): WeightShapes {
  const { dModel, dFeedForward, heads, kvHeads, dHead, names } = config;
  const shapes = normedShapes(config);
  const found = new Set(stored);
  const widths: Record<Role, readonly [number, number]> = {
    q: [heads * dHead, dModel],
    k: [kvHeads * dHead, dModel],
    v: [kvHeads * dHead, dModel],
    attentionOutput: [dModel, heads * dHead],
    gate: [dFeedForward, dModel],
    up: [dFeedForward, dModel],
    down: [dModel, dFeedForward],
  };
  for (let layer = 0; layer < config.numLayers; layer++) {
    const prefix = `${names.layers}.${layer}`;
    const settings = config.experts[layer];
    if (settings !== undefined) {
      for (const [name, shape] of expertShapes(expertNames(config, prefix), settings, dModel, found)) shapes.set(name, shape);
    }
    for (const role of settings === undefined ? [...ATTENTION_PROJECTIONS, ...GATED_MLP_PROJECTIONS] : ATTENTION_PROJECTIONS) {
      shapes.set(`${prefix}.${names[role]}.weight`, widths[role]);
      if (hasBias(role, config)) shapes.set(`${prefix}.${names[role]}.bias`, [widths[role][0]]);
    }
  }
  return shapes;
}

/** The tensors outside the blocks, and the norms within them. */
export function normedShapes(config: GatedConfig | JoinedConfig): Map<string, readonly number[]> {
  const { names, dModel } = config;
  const shapes = outerShapes(config);
  shapes.set(`${names.finalNorm}.weight`, [dModel]);
  for (let layer = 0; layer < config.numLayers; layer++) {
    for (const [role, width] of normWidths(config)) shapes.set(`${names.layers}.${layer}.${names[role]}.weight`, [width]);
  }
  return shapes;
}
