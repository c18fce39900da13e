import { activationLines, type ExportedLatent, explanationLine, featureLine, type NeuronpediaPlace } from "./neuronpedia-lines";

/**
 * A latent as Neuronpedia's `GET /api/feature/{modelId}/{layer}/{index}` answers: activations by falling maximum. `source` is on every activation and
 * explanation, and the strongest examples have no `binContains`, since the site's own Python client reads the one and refuses a share below 0.
 */
export function neuronpediaFeature(latent: ExportedLatent, place: NeuronpediaPlace) {
  const explanation = explanationLine(latent, place);
  const activations = activationLines(latent, place).map((line) => ({
    ...line,
    source: place.sourceId,
    binContains: line.binContains < 0 ? null : line.binContains,
  }));
  return {
    ...featureLine(latent, place),
    activations: activations.sort((a, b) => b.maxValue - a.maxValue),
    explanations: explanation === undefined ? [] : [{ ...explanation, source: place.sourceId, scores: [] }],
    comments: [],
    lists: [],
  };
}
