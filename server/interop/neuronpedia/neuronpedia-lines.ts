import type { LabelSource, LatentLabel } from "@/lib/contract/label";
import type { LatentDetail } from "@/lib/contract/latent";
import { toBars } from "@/server/interop/linear-bars";

/** What the formats take of a latent. */
export type ExportedLatent = Pick<
  LatentDetail,
  "row" | "tokens" | "histogram" | "quantiles" | "examples" | "bands" | "logitEffect" | "related" | "label"
>;

/** By which names a module's latents go. */
export type NeuronpediaPlace = {
  modelId: string;
  sourceId: string;
  sourceSet: string;
  /** The collection: activations are numbered within it. */
  collectionId: string;
  /** ISO 8601. */
  createdAt: string;
};

/** The account that Neuronpedia's own exporter writes for all that has no other owner there. */
const defaultCreator = "clkht01d40000jv08hvalcvly";
/** How the notes of an explanation of ours begin. */
export const explanationAuthors: Record<LabelSource, string> = { person: "Written by a person", explainer: "Written by an explainer" };

/** Neuronpedia's mark for the group of the strongest examples. */
const topGroup = -1;

/** One feature, with the columns and the order of Neuronpedia's own exporter; what we do not know is null or empty, on every line. */
export function featureLine(latent: ExportedLatent, place: NeuronpediaPlace) {
  const { row, histogram, logitEffect, related } = latent;
  const bars = toBars(histogram, { min: row.minActivation ?? 0, max: row.maxActivation ?? 0 });
  const nearest = related.decoder.filter(({ module }) => module === row.module);
  return {
    modelId: place.modelId,
    layer: place.sourceId,
    index: String(row.index),
    creatorId: defaultCreator,
    createdAt: place.createdAt,
    maxActApprox: row.maxActivation ?? 0,
    hasVector: false,
    vector: [],
    vectorLabel: null,
    vectorDefaultSteerStrength: row.maxActivation,
    hookName: row.module,
    topkCosSimIndices: nearest.map(({ index }) => index),
    topkCosSimValues: nearest.map(({ value }) => value),
    neuron_alignment_indices: [],
    neuron_alignment_values: [],
    neuron_alignment_l1: [],
    correlated_neurons_indices: [],
    correlated_neurons_pearson: [],
    correlated_neurons_l1: [],
    correlated_features_indices: [],
    correlated_features_pearson: [],
    correlated_features_l1: [],
    neg_str: logitEffect?.lowered.map(({ token }) => token) ?? [],
    neg_values: logitEffect?.lowered.map(({ change }) => change) ?? [],
    pos_str: logitEffect?.raised.map(({ token }) => token) ?? [],
    pos_values: logitEffect?.raised.map(({ change }) => change) ?? [],
    frac_nonzero: row.density,
    freq_hist_data_bar_heights: bars.heights,
    freq_hist_data_bar_values: bars.values,
    logits_hist_data_bar_heights: [],
    logits_hist_data_bar_values: [],
    decoder_weights_dist: [],
    sourceSetName: place.sourceSet,
  };
}

/** A latent's examples: the strongest, then those of its bands, weakest first; one line each. */
export function activationLines(latent: ExportedLatent, place: NeuronpediaPlace) {
  const top = latent.examples.map((example) => ({
    example,
    bin: { min: topGroup, max: latent.row.maxActivation ?? 0, contains: topGroup },
  }));
  const banded = latent.bands.flatMap((band) => {
    // A share of all tokens, as the dashboards take it.
    const contains = latent.tokens === 0 ? 0 : band.firings / latent.tokens;
    const bin = { min: band.lowest ?? 0, max: band.highest ?? 0, contains };
    return band.examples.map((example) => ({ example, bin }));
  });
  return [...top, ...banded].map(({ example, bin }, number) => {
    const values = example.tokens.map(({ activation }) => activation);
    const most = values.reduce((best, value, at) => (value > (values[best] ?? 0) ? at : best), 0);
    return {
      id: `${place.collectionId}-${place.sourceId}-${latent.row.index}-${number}`,
      tokens: example.tokens.map(({ text }) => text),
      index: String(latent.row.index),
      layer: place.sourceId,
      modelId: place.modelId,
      dataSource: example.domain,
      dataIndex: String(example.row),
      maxValue: values[most] ?? 0,
      maxValueTokenIndex: most,
      minValue: values.reduce((least, value) => Math.min(least, value), values[0] ?? 0),
      values,
      dfaValues: [],
      dfaTargetIndex: null,
      dfaMaxValue: null,
      creatorId: defaultCreator,
      createdAt: place.createdAt,
      lossValues: [],
      logitContributions: null,
      binMin: bin.min,
      binMax: bin.max,
      binContains: bin.contains,
      qualifyingTokenIndex: example.peak,
    };
  });
}

/**
 * A label as Neuronpedia's explanation; undefined where a latent has none. Method and model are left out: its importer refuses a whole file for one
 * that its own tables do not list. Who wrote the label stands in the notes.
 */
export function explanationLine({ row, label }: ExportedLatent, place: NeuronpediaPlace) {
  if (label === null || label.text === "") return undefined;
  return {
    id: `${place.collectionId}-${place.sourceId}-${row.index}`,
    modelId: place.modelId,
    layer: place.sourceId,
    index: String(row.index),
    authorId: defaultCreator,
    description: label.text,
    embedding: null,
    typeName: null,
    explanationModelName: null,
    notes: authorNotes(label),
    createdAt: label.updatedAt,
  };
}

function authorNotes({ source, score }: LatentLabel): string {
  const by = explanationAuthors[source];
  if (score === null) return by;
  const { precision, recall, firing, quiet, judge } = score;
  const share = (value: number | null) => (value === null ? "unknown" : value.toFixed(2));
  return `${by}; precision ${share(precision)}, recall ${share(recall)} over ${firing} firing and ${quiet} quiet examples, judged by ${judge}`;
}

/** `source.jsonl`, `sourceset.jsonl`, `model.jsonl` and `release.jsonl` beside a module's batches. */
export function describingLines(place: NeuronpediaPlace, about: { modelName: string; layers: number; corpus: string; tokens: number }) {
  const { modelId, sourceId, sourceSet, createdAt } = place;
  const creator = { creatorId: defaultCreator, createdAt };
  return {
    source: {
      id: sourceId,
      modelId,
      setName: sourceSet,
      hasDashboards: true,
      inferenceEnabled: false,
      visibility: "PUBLIC",
      // Our rows are of many lengths: the denominator of `frac_nonzero` stands in the notes.
      num_prompts: null,
      num_tokens_in_prompt: null,
      dataset: about.corpus,
      notes: `${about.tokens} counted tokens`,
      ...creator,
    },
    sourceset: {
      modelId,
      name: sourceSet,
      hasDashboards: true,
      visibility: "PUBLIC",
      description: sourceSet,
      type: "",
      creatorName: "Stanscope",
      urls: [],
      releaseName: sourceSet,
      ...creator,
    },
    model: {
      id: modelId,
      instruct: /instruct|chat|-it$/i.test(about.modelName),
      displayNameShort: about.modelName,
      displayName: about.modelName,
      visibility: "PUBLIC",
      inferenceEnabled: false,
      layers: about.layers,
      neuronsPerLayer: 0,
      owner: "",
      updatedAt: createdAt,
      ...creator,
    },
    release: {
      name: sourceSet,
      description: sourceSet,
      descriptionShort: sourceSet,
      creatorName: "Stanscope",
      creatorNameShort: "Stanscope",
      visibility: "PUBLIC",
      isNewUi: false,
      featured: false,
      urls: [],
      defaultSourceSetName: sourceSet,
      defaultUmapSourceIds: [],
      ...creator,
    },
  };
}
