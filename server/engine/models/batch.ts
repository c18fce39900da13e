import type { Images } from "./images";
import type { HookPass } from "./projection-hook";

/** The positions of several inputs side by side: tokens of texts, or patches of images with the tokens before them. */
export type Layout = {
  readonly rows: number;
  readonly tokens: number;
  /** (rows · tokens), 1 for a token and 0 for padding on either side; all ones when absent. */
  readonly attentionMask?: Int32Array | undefined;
  /** (rows · tokens); counted from each row's first real token when absent. */
  readonly positionIds?: Int32Array | undefined;
  /**
   * (rows · tokens) where each token's text begins in its row, where texts share rows: a token attends within its own text alone, and positions begin
   * anew with each. Padding, which is on the right then, belongs to the last text. Each row is one text when absent.
   */
  readonly starts?: Int32Array | undefined;
  /** (rows) how many tokens of each row count as prompt for the scopes of edits; all of them when absent. */
  readonly promptLengths?: Int32Array | undefined;
};

/** Token ids of several sequences side by side. */
export type Batch = Layout & {
  /** (rows · tokens), row after row */
  readonly ids: Int32Array;
  /** Whose features stand at image tokens, in the order of these; absent where there are none. */
  readonly images?: Images | undefined;
  /** (rows) how many of the images stand in each row, for those who take rows from the batch. */
  readonly imageCounts?: Int32Array | undefined;
};

/** How padding lies in a batch; with right padding no real token sees any, so attention needs no mask beyond the causal one. */
export type Padding = "none" | "right" | "other";

/**
 * @throws RangeError when a length is wrong, an id is outside the vocabulary, a position outside the context, or a row is all padding
 */
export function demandBatch(batch: Batch, vocab: number, contextLength: number): void {
  const { ids, rows, tokens, attentionMask, positionIds, starts } = batch;
  const size = rows * tokens;
  if (size === 0) throw new RangeError(`a batch of ${rows} rows of ${tokens} tokens is empty`);
  for (const [name, values] of Object.entries({ ids, attentionMask, positionIds, starts })) {
    if (values !== undefined && values.length !== size) {
      throw new RangeError(`${name} has ${values.length} entries where ${rows} rows of ${tokens} tokens have ${size}`);
    }
  }
  const astray = starts?.findIndex((start, at) => start !== at % tokens && (at % tokens === 0 || start !== starts[at - 1])) ?? -1;
  if (astray >= 0) {
    throw new RangeError(
      `row ${Math.floor(astray / tokens)}, token ${astray % tokens}: its text cannot begin at ${starts?.[astray]}: texts that share a row follow one another`,
    );
  }
  if (starts !== undefined && paddingOf(batch) === "other") throw new RangeError("texts that share rows are padded on the right alone");
  const outside = ids.findIndex((id) => id < 0 || id >= vocab);
  if (outside >= 0) {
    throw new RangeError(`row ${Math.floor(outside / tokens)}, token ${outside % tokens}: id ${ids[outside]} is not in 0…${vocab - 1}`);
  }
  const positions = positionsOf(batch);
  const beyond = positions.findIndex((position) => position < 0 || position >= contextLength);
  if (beyond >= 0) {
    throw new RangeError(
      `row ${Math.floor(beyond / tokens)}: position ${positions[beyond]} is beyond the model's context of ${contextLength} tokens`,
    );
  }
  for (let row = 0; row < rows; row++) {
    const isEmpty = attentionMask?.subarray(row * tokens, (row + 1) * tokens).every((real) => real === 0);
    if (isEmpty === true) throw new RangeError(`row ${row} of the batch is all padding`);
  }
}

/**
 * (rows · tokens) place of each token among the real tokens of its text. Padding before them has 0; padding after them counts
 * on, as transformers' default positions do.
 */
export function positionsOf({ rows, tokens, attentionMask, positionIds, starts }: Layout): Int32Array {
  if (positionIds !== undefined) return positionIds;
  if (starts !== undefined) return starts.map((start, at) => (at % tokens) - start);
  const positions = new Int32Array(rows * tokens);
  for (let row = 0; row < rows; row++) {
    let real = 0;
    let padding = 0;
    for (let at = row * tokens; at < (row + 1) * tokens; at++) {
      const isPadding = attentionMask?.[at] === 0;
      if (!isPadding) padding = 0;
      positions[at] = real + padding;
      if (!isPadding) real++;
      else if (real > 0) padding++;
    }
  }
  return positions;
}

export function paddingOf({ rows, tokens, attentionMask }: Layout): Padding {
  if (attentionMask === undefined || attentionMask.every((real) => real !== 0)) return "none";
  for (let row = 0; row < rows; row++) {
    const mask = attentionMask.subarray(row * tokens, (row + 1) * tokens);
    const end = mask.indexOf(0);
    if (end >= 0 && mask.subarray(end).some((real) => real !== 0)) return "other";
  }
  return "right";
}

/** A text in a batch: its first token among all of the batch's, and the place after its last, which is padding's where the row ends with it. */
export type TextSpan = { readonly from: number; readonly to: number };

/** The texts of a batch, row after row. */
export function textsOf({ rows, tokens, starts }: Pick<Layout, "rows" | "tokens" | "starts">): TextSpan[] {
  const begins = Array.from({ length: rows }, (_, row) => row * tokens);
  if (starts !== undefined) {
    begins.length = 0;
    starts.forEach((start, at) => {
      if (start === at % tokens) begins.push(at);
    });
  }
  return begins.map((from, text) => ({ from, to: begins[text + 1] ?? rows * tokens }));
}

/** What hooks are told of a batch. */
export function hookPassOf(
  batch: Layout & { readonly ids?: Int32Array | undefined; readonly timesteps?: Float32Array | undefined },
): HookPass {
  const { rows, tokens, ids, starts, timesteps, promptLengths = new Int32Array(rows).fill(2 ** 31 - 1) } = batch;
  return { rows, tokens, ids, positions: positionsOf(batch), starts, promptLengths, timesteps };
}
