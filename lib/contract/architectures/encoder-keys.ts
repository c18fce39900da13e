import { layerCount, oneOf, positive, type RawModelConfig, whole } from "./config-keys";
import { NONLINEARITIES } from "./nonlinearity-names";

/** The keys that all encoders share. */
export function encoderSizes(raw: RawModelConfig, normEpsilon: number) {
  const dModel = whole(raw, "hidden_size");
  const heads = whole(raw, "num_attention_heads");
  if (dModel % heads !== 0) throw new Error(`config.json: hidden_size ${dModel} is not a multiple of num_attention_heads ${heads}`);
  return {
    vocab: whole(raw, "vocab_size"),
    dModel,
    numLayers: layerCount(raw),
    heads,
    dHead: dModel / heads,
    dFeedForward: whole(raw, "intermediate_size"),
    normEpsilon: positive(raw, "layer_norm_eps", normEpsilon),
    activation: oneOf(raw, "hidden_act", "gelu", NONLINEARITIES),
    numLabels: labelsOf(raw),
  };
}

/** transformers writes the labels' names; two where nothing is said. */
export function labelsOf(raw: RawModelConfig): number {
  const names = raw["id2label"];
  if (typeof names === "object" && names !== null) return Object.keys(names).length;
  return raw["num_labels"] == null ? 2 : whole(raw, "num_labels");
}

/**
 * A head for something else than whole rows would be taken for one of rows, or fall away unseen.
 *
 * @throws Error naming the head
 */
export function demandTask(raw: RawModelConfig): void {
  const names: unknown[] = Array.isArray(raw["architectures"]) ? raw["architectures"] : [];
  const other = names.find((name) =>
    /For(?:TokenClassification|MultipleChoice|QuestionAnswering|NextSentencePrediction)$/.test(String(name)),
  );
  if (other !== undefined) {
    throw new Error(
      `config.json: architectures names ${JSON.stringify(other)}, whose head is not supported; use a model for sequence classification, for masked language modelling, or a bare encoder`,
    );
  }
  if (raw["problem_type"] === "multi_label_classification") {
    throw new Error(
      'config.json: problem_type "multi_label_classification" is not supported; supported: single_label_classification and regression',
    );
  }
}
