import type { LatentRef } from "@/lib/contract/edit";
import type { ArmName } from "@/lib/contract/generate";
import { armHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { type Images, imagesForRows } from "@/server/engine/models/images";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { gatherRows } from "@/server/engine/tensor/layout";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Distribution, distributionOf, klDivergence, logProbability, mostProbable, type RatedToken } from "./distribution";
import type { GenerationArm } from "./generation-request";
import { demandWatched, type Observation, observe } from "./watch";

export type ForcedRequest = {
  readonly ids: readonly number[];
  /** Those that stand at its image tokens, in their order. */
  readonly images?: Images | undefined;
  /** Tokens that count as prompt for the scopes of edits; all of them when it is the length. */
  readonly promptLength: number;
  readonly arms: readonly GenerationArm[];
  readonly watch: readonly LatentRef[];
  /** Needed where an edit leaves special tokens alone. */
  readonly isSpecial?: ((id: number) => boolean) | undefined;
  /** How many of the most probable tokens are given in each place; none unless told. */
  readonly top?: number;
  /** The first token that is reported; 0 unless told. */
  readonly from?: number;
};

/** How an arm reads one token of the given text. */
export type ForcedToken = {
  readonly id: number;
  /** Natural log of the probability that the arm gave the token from those before it; null for the first. */
  readonly logProbability: number | null;
  /** KL(this arm ‖ base) and KL(this arm ‖ adapter) of what the arm expected in the token's place; null for the first, or without that arm. */
  readonly klToBase: number | null;
  readonly klToAdapter: number | null;
  /** Of the watched latents when the token was read; null where the arm has no such module. */
  readonly activations: readonly (number | null)[];
  readonly injectedNorm: number | null;
  /** The most probable tokens at this position, as many as requested. */
  readonly top: readonly RatedToken[];
};

/** Positions whose logits are on the host at once, in every arm. */
const positionsAtOnce = 16;

/**
 * Lets every arm read the same text, so that they compare position by position: a few tokens at a time, one entry a token. The first piece costs the
 * forward pass of all, every piece the logits of its own tokens. Leaving the loop frees what is held.
 *
 * @throws RangeError when the text is empty or longer than the context, or a watched latent does not exist
 */
export function* readForcedInParts(model: CausalModel, request: ForcedRequest): Generator<ReadonlyMap<ArmName, ForcedToken[]>, void> {
  const { ids, images, promptLength, arms, watch, isSpecial, from = 0 } = request;
  demandWatched(
    watch,
    arms.flatMap(({ adapter }) => (adapter === undefined ? [] : [adapter])),
  );
  const [rows, tokens] = [arms.length, ids.length];
  const observations = arms.map(({ adapter, edits }) => observe({ adapter, edits, isSpecial }, watch));
  const batch = {
    ids: Int32Array.from({ length: rows * tokens }, (_, at) => ids[at % tokens] ?? 0),
    rows,
    tokens,
    promptLengths: new Int32Array(rows).fill(promptLength),
    images: imagesForRows(images, rows),
  };
  const final = keep(model.forward(batch, { hooks: armHooks(observations.map(({ arm }) => arm)) }).final);
  try {
    for (let at = from; at < tokens; at += positionsAtOnce) {
      const to = Math.min(tokens, at + positionsAtOnce);
      // What stands at a position is expected after the one before it.
      const expected = expectations(model, final, { rows, tokens, from: Math.max(0, at - 1), to: to - 1 });
      yield tokensOf(request, observations, expected, at, to);
    }
  } finally {
    free(final);
  }
}

/** What an arm expects after a position. */
type Expected = (row: number, position: number) => Distribution | undefined;

function tokensOf(
  { ids, arms, top = 0 }: ForcedRequest,
  observations: readonly Observation[],
  expected: Expected,
  from: number,
  to: number,
): Map<ArmName, ForcedToken[]> {
  const [base, adapter] = [arms.findIndex(({ name }) => name === "base"), arms.findIndex(({ name }) => name === "adapter")];
  return new Map(
    arms.map(({ name, edits }, row): [ArmName, ForcedToken[]] => [
      name,
      Array.from({ length: to - from }, (_, at) => {
        const position = from + at;
        const id = ids[position] ?? 0;
        const own = expected(row, position - 1);
        const against = (arm: number) => {
          const other = expected(arm, position - 1);
          return own === undefined || other === undefined ? null : klDivergence(own, other);
        };
        return {
          id,
          logProbability: own === undefined ? null : logProbability(own, id),
          klToBase: against(base),
          klToAdapter: against(adapter),
          activations: observations[row]?.activationsAt(position) ?? [],
          injectedNorm: edits === undefined ? null : (observations[row]?.injectedNormAt(position) ?? 0),
          top: own === undefined ? [] : mostProbable(own, top),
        };
      }),
    ]),
  );
}

/** What every row expects after its positions `from` … `to` − 1; undefined elsewhere. */
function expectations(
  model: CausalModel,
  final: Tensor,
  { rows, tokens, from, to }: { rows: number; tokens: number; from: number; to: number },
): Expected {
  const width = to - from;
  if (width <= 0) return () => undefined;
  const places = Int32Array.from({ length: rows * width }, (_, at) => Math.floor(at / width) * tokens + from + (at % width));
  const logits = tidy(() => model.logits(gatherRows(final, fromValues(places, [places.length]))));
  const values = readFloats(logits);
  free(logits);
  const vocab = values.length / places.length;
  const distributions = Array.from(places, (_, at) => distributionOf(values.subarray(at * vocab, (at + 1) * vocab)));
  return (row, position) => (row < 0 || position < from ? undefined : distributions[row * width + position - from]);
}
