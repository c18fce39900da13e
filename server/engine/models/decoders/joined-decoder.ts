import type { JoinedConfig } from "@/lib/contract/architectures/decoder-config";
import type { Block, CausalArchitecture } from "@/server/engine/models/block";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { demandWeights, type WeightSource } from "@/server/engine/models/weights";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { attentionForm } from "./attention-form";
import { isTiedHead } from "./decoder-names";
import { normedDecoder, type SavedBranches, twoBranches } from "./gated-decoder";
import { joinedAttention, type SavedJoinedAttention } from "./joined-attention";
import { joinedMlp, type SavedJoinedMlp } from "./joined-mlp";
import { joinedWeightShapes, readJoinedBlock } from "./joined-weights";
import { inTurn } from "./qkv-layout";

type JoinedSaved = SavedBranches<SavedJoinedAttention, SavedJoinedMlp>;

/** As `gatedDecoder`, with one projection for queries, keys and values and one for gate and up. A block is a part. */
export function joinedDecoder(
  config: JoinedConfig,
  source: WeightSource,
  weights: FrozenWeights,
): InParts<CausalArchitecture<JoinedSaved>> {
  demandWeights(source, joinedWeightShapes(config), (name) => isTiedHead(name, config));
  return normedDecoder(config, source, weights, (layer) => joinedBlock(config, source, layer, weights));
}

function joinedBlock(config: JoinedConfig, source: WeightSource, layer: number, weights: FrozenWeights): Block<JoinedSaved> {
  const { normEpsilon, dHead, rotary } = config;
  const own = readJoinedBlock(config, source, layer, weights);
  const form = attentionForm(config, layer);
  const layout = inTurn(config, rotary[form.rotary ?? -1]?.dims ?? dHead);
  const attention = joinedAttention(form, layout, layer, own, weights, normEpsilon);
  return twoBranches({ layer, window: form.window }, attention, joinedMlp(config, own, weights), own, normEpsilon);
}
