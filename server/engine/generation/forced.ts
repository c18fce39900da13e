import type { LatentRef } from "@/lib/contract/edit";
import type { ArmName } from "@/lib/contract/generate";
import { armHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { gatherRows } from "@/server/engine/tensor/layout";
import { free, tidy } from "@/server/engine/tensor/scope";
import { klDivergence } from "./distribution";
import type { GenerationArm } from "./generate";
import { logProbability } from "./sampling";
import { demandWatched, observe } from "./watch";

export type ForcedRequest = {
  readonly ids: readonly number[];
  /** Tokens that count as prompt for the scopes of edits; all of them when it is the length. */
  readonly promptLength: number;
  readonly arms: readonly GenerationArm[];
  readonly watch: readonly LatentRef[];
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
};

/** Positions whose logits are on the host at once, in every arm. */
const positionsAtOnce = 32;

/**
 * Lets every arm read the same text, so that they compare position by position.
 *
 * @returns by arm, one entry a token
 * @throws RangeError when the text is empty or longer than the context, or a watched latent does not exist
 */
export function readForced(model: CausalModel, { ids, promptLength, arms, watch }: ForcedRequest): Map<ArmName, ForcedToken[]> {
  demandWatched(
    watch,
    arms.flatMap(({ adapter }) => (adapter === undefined ? [] : [adapter])),
  );
  const [rows, tokens] = [arms.length, ids.length];
  const observations = arms.map(({ adapter, edits }) => observe({ adapter, edits }, watch));
  const batch = {
    ids: Int32Array.from({ length: rows * tokens }, (_, at) => ids[at % tokens] ?? 0),
    rows,
    tokens,
    promptLengths: new Int32Array(rows).fill(promptLength),
  };
  const { final } = model.forward(batch, { hooks: armHooks(observations.map(({ arm }) => arm)) });
  const [base, adapter] = [arms.findIndex(({ name }) => name === "base"), arms.findIndex(({ name }) => name === "adapter")];
  const read = new Map(arms.map(({ name }): [ArmName, ForcedToken[]] => [name, []]));
  try {
    for (let from = 0; from < tokens; from += positionsAtOnce) {
      const to = Math.min(tokens, from + positionsAtOnce);
      // What stands at a position is expected after the one before it.
      const logitsOf = expectations(model, final, rows, tokens, Math.max(0, from - 1), to - 1);
      arms.forEach(({ name, edits }, row) => {
        for (let position = from; position < to; position++) {
          const own = position === 0 ? undefined : logitsOf(row, position - 1);
          const against = (other: number) => (own === undefined || other < 0 ? null : klDivergence(own, logitsOf(other, position - 1)));
          read.get(name)?.push({
            id: ids[position] ?? 0,
            logProbability: own === undefined ? null : logProbability(own, ids[position] ?? 0),
            klToBase: against(base),
            klToAdapter: against(adapter),
            activations: observations[row]?.activationsAt(position) ?? [],
            injectedNorm: edits === undefined ? null : (observations[row]?.injectedNormAt(position) ?? 0),
          });
        }
      });
    }
  } finally {
    free(final);
  }
  return read;
}

/** Logits after the positions `from` … `to` − 1 of every row. */
function expectations(
  model: CausalModel,
  final: Parameters<CausalModel["logits"]>[0],
  rows: number,
  tokens: number,
  from: number,
  to: number,
): (row: number, position: number) => Float32Array {
  const width = to - from;
  if (width <= 0) return () => new Float32Array(0);
  const places = Int32Array.from({ length: rows * width }, (_, at) => Math.floor(at / width) * tokens + from + (at % width));
  const logits = tidy(() => model.logits(gatherRows(final, fromValues(places, [places.length]))));
  const values = readFloats(logits);
  free(logits);
  const vocab = values.length / places.length;
  return (row, position) => {
    const start = (row * width + position - from) * vocab;
    return values.subarray(start, start + vocab);
  };
}
