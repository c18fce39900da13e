import type { DebertaConfig } from "@/lib/contract/architectures/encoder-config";
import { type Projection, project, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { add, scale } from "@/server/engine/tensor/arithmetic";
import { gatherRows, reshape, scatterAddRows, transpose } from "@/server/engine/tensor/layout";
import { batchMatmul } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { byHead, byToken, mix, mixBackward, type SavedMixture } from "./encoder-attention";
import type { SelfAttention } from "./encoder-block";
import type { EncoderReader } from "./encoder-weights";
import { type RelativePass, shift, shiftBackward } from "./relative-positions";

const INPUTS = ["query", "key", "value"] as const;
type Input = (typeof INPUTS)[number];

/** One term of relative positions: their projection laid out by distance, (heads, 2T − 1, dHead), and the way to its embeddings. */
type SavedTerm = {
  readonly laid: Tensor;
  /** (2T − 1) which embedding a distance has. */
  readonly places: Tensor;
  readonly count: number;
  readonly adapted: SavedProjection;
};

export type DisentangledSaved = {
  readonly mixture: SavedMixture;
  readonly adapted: Readonly<Record<Input, SavedProjection>>;
  /** Content to position, and position to content. */
  readonly keyTerm: SavedTerm | undefined;
  readonly queryTerm: SavedTerm | undefined;
};

/** Names within the block of an attention's linear modules, in the order of computation. */
export function disentangledModules(config: DebertaConfig): string[] {
  const { names, relativeNames, sharesProjections, contentToPosition, positionToContent } = config;
  const ofPositions = [...(contentToPosition ? [relativeNames.key] : []), ...(positionToContent ? [relativeNames.query] : [])];
  return [...INPUTS.map((name) => names.inner[name]), ...(sharesProjections ? [] : ofPositions)];
}

/**
 * Disentangled attention (He et al. 2020, equation 4): the score of query t and key s is q_t·k_s + q_t·kr(t−s) + k_s·qr(t−s), over
 * √(terms · dHead), where kr and qr project the embedding of the distance t − s. Both terms of positions are computed by distance and
 * then shifted to their tokens, so no score is gathered one by one.
 */
export function disentangledAttention(
  config: DebertaConfig,
  prefix: string,
  layer: number,
  reader: EncoderReader,
): SelfAttention<DisentangledSaved> {
  const { heads, dHead, relativeNames } = config;
  const { inner } = config.names;
  const scaling = (config.scoreTerms * dHead) ** -0.5;
  const own = new Map(disentangledModules(config).map((name) => [name, reader.linear(`${prefix}.${name}`, layer)]));
  const projectionOf = (name: string): Projection => {
    const found = own.get(name);
    if (found === undefined) throw new RangeError(`attention has no module ${name}`);
    return found;
  };
  const keyOfPositions = config.sharesProjections ? inner.key : relativeNames.key;
  const queryOfPositions = config.sharesProjections ? inner.query : relativeNames.query;

  return {
    projections: [...own.values()],

    forward(x, pass) {
      const [q, k, v] = INPUTS.map((name) => project(projectionOf(inner[name]), x, pass.hooks, pass.hookPass)) as [Out, Out, Out];
      const queries = scale(byHead(q.output, heads, pass), scaling);
      const keys = byHead(k.output, heads, pass);
      const { relative } = pass;
      const keyTerm =
        config.contentToPosition && relative !== undefined ? termOf(keyOfPositions, relative, relative.descending, 1) : undefined;
      const queryTerm =
        config.positionToContent && relative !== undefined ? termOf(queryOfPositions, relative, relative.ascending, scaling) : undefined;
      const terms = [
        ...(keyTerm === undefined ? [] : [shift(byDistance(queries, keyTerm.laid))]),
        ...(queryTerm === undefined ? [] : [transpose(shift(byDistance(keys, queryTerm.laid)), [0, 1, 3, 2])]),
      ];
      const { mixed, saved } = mix(queries, keys, byHead(v.output, heads, pass), terms, pass.attentionBias);
      const adapted = { query: q.saved, key: k.saved, value: v.saved };
      return { mixed, saved: { mixture: saved, adapted, keyTerm, queryTerm } };
    },

    isAdapted: ({ adapted, keyTerm, queryTerm }) =>
      [...Object.values(adapted), keyTerm?.adapted, queryTerm?.adapted].some((saved) => saved !== undefined),

    backward(dMixed, { mixture, adapted, keyTerm, queryTerm }, _, needsInput, gradients: Gradients) {
      const isAdapted = [adapted.query, adapted.key, keyTerm?.adapted, queryTerm?.adapted].some((saved) => saved !== undefined);
      const { dV, scores } = mixBackward(dMixed, mixture, needsInput || isAdapted);
      const back = (name: Input, d: Tensor) => projectBackward(projectionOf(inner[name]), byToken(d), adapted[name], needsInput, gradients);
      const fromValues = back("value", dV);
      if (scores === undefined) return fromValues;
      const { dScores } = scores;
      let { dQ, dK } = scores;
      if (keyTerm !== undefined) {
        const dTerm = shiftBackward(dScores);
        dQ = add(dQ, fromDistances(dTerm, keyTerm.laid));
        learnTerm(projectionOf(keyOfPositions), keyTerm, dTerm, mixture.q, 1, gradients);
      }
      if (queryTerm !== undefined) {
        const dTerm = shiftBackward(transpose(dScores, [0, 1, 3, 2]));
        dK = add(dK, fromDistances(dTerm, queryTerm.laid));
        learnTerm(projectionOf(queryOfPositions), queryTerm, dTerm, mixture.k, scaling, gradients);
      }
      return [...back("query", scale(dQ, scaling)), ...back("key", dK), ...fromValues];
    },
  };

  /** Projects the embeddings that occur, (n, heads · dHead), and lays them out by distance. */
  function termOf(name: string, relative: RelativePass, placesOfAll: Tensor, factor: number): SavedTerm {
    // What a block saves is freed with it, and the other blocks read these too.
    const [embeddings, places] = [relative.embeddings, placesOfAll].map((shared) => reshape(shared, shared.shape)) as [Tensor, Tensor];
    const { output, saved: adapted } = project(projectionOf(name), embeddings, relative.hooks, relative.hookPass);
    const laid = tidy(() => {
      const chosen = transpose(reshape(gatherRows(output, places), [places.shape[0] ?? 0, heads, dHead]), [1, 0, 2]);
      return factor === 1 ? chosen : scale(chosen, factor);
    });
    return { laid, places, count: output.shape[0] ?? 0, adapted };
  }
}

type Out = ReturnType<typeof project>;

/** content (heads, rows, T, dHead) with laid (heads, 2T − 1, dHead) → (heads, rows, T, 2T − 1) */
function byDistance(content: Tensor, laid: Tensor): Tensor {
  const [, rows = 0, tokens = 0] = content.shape;
  const [heads = 0, distances = 0] = laid.shape;
  return tidy(() => reshape(batchMatmul(flatRows(content), laid, { transposeB: true }), [heads, rows, tokens, distances]));
}

/** The gradient of `byDistance` by its content. */
function fromDistances(dTerm: Tensor, laid: Tensor): Tensor {
  const [heads = 0, rows = 0, tokens = 0] = dTerm.shape;
  return tidy(() => reshape(batchMatmul(flatRows(dTerm), laid), [heads, rows, tokens, laid.shape[2] ?? 0]));
}

/** The gradients of the adapter on what projects the positions, where there is one; the embeddings themselves are frozen. */
function learnTerm(projection: Projection, term: SavedTerm, dTerm: Tensor, content: Tensor, factor: number, gradients: Gradients): void {
  if (term.adapted === undefined) return;
  const [heads = 0, distances = 0, dHead = 0] = term.laid.shape;
  const dLaid = batchMatmul(flatRows(dTerm), flatRows(content), { transposeA: true });
  const byPlace = reshape(transpose(dLaid, [1, 0, 2]), [distances, heads * dHead]);
  const dProjected = scatterAddRows(term.places, factor === 1 ? byPlace : scale(byPlace, factor), term.count);
  projectBackward(projection, dProjected, term.adapted, false, gradients);
}

/** (heads, rows, T, n) → (heads, rows · T, n) */
function flatRows(x: Tensor): Tensor {
  const [heads = 0, rows = 0, tokens = 0, width = 0] = x.shape;
  return reshape(x, [heads, rows * tokens, width]);
}
