import { positionsAtOnce } from "@/server/engine/evaluation/read-predictions";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { add, argMaxLast, exp, logSoftmaxLast, multiply, scale, square, subtract, sumLast } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, readInts, scalar } from "@/server/engine/tensor/create";
import { concat, gatherRows, slice } from "@/server/engine/tensor/layout";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/**
 * What an arm expects at the readings of texts, to be compared with: log-probabilities where all of them fit into `holdsBytes`,
 * else the final states that they are computed from again.
 */
export class Expectations {
  private readonly model: CausalModel;
  private readonly holdsLogs: boolean;
  /** By text: (readings, vocab) or (readings, dModel). */
  private readonly held: Tensor[] = [];

  /** @param readings of all texts together */
  constructor(model: CausalModel, readings: number, holdsBytes: number) {
    this.model = model;
    this.holdsLogs = 4 * readings * model.config.vocab <= holdsBytes;
  }

  /** Takes the readings of the next text from final states, at the given rows. @returns the text's place */
  add(final: Tensor, rows: Int32Array): number {
    const states = () => gatherRows(final, fromValues(rows, [rows.length]));
    return this.held.push(keep(tidy(() => (this.holdsLogs ? this.logsOf(states()) : states())))) - 1;
  }

  /** Log-probabilities (count, vocab) of a text's readings. */
  at(text: number, from: number, count: number): Tensor {
    const held = this.held[text];
    if (held === undefined) throw new RangeError(`text ${text} is not in 0…${this.held.length - 1}`);
    return tidy(() => {
      const part = slice(held, [from, 0], [count, held.shape[1] ?? 0]);
      return this.holdsLogs ? part : this.logsOf(part);
    });
  }

  free(): void {
    free(this.held);
    this.held.length = 0;
  }

  private logsOf(states: Tensor): Tensor {
    return logSoftmaxLast(this.model.logits(states));
  }
}

/** Some readings of one text, in a pass. */
export type TextReadings = {
  /** The text's place among the expectations. */
  readonly text: number;
  readonly from: number;
  /** Rows of the final states, one a reading. */
  readonly rows: Int32Array;
};

/** By reading: KL(p ‖ q) in nats, q each of the arms compared with, and p's most probable token. */
export type Comparison = { readonly divergences: readonly Float32Array[]; readonly best: Int32Array };

/**
 * Compares what final states expect with other arms' expectations, a block of positions at a time; to about a hundredth of each divergence, or 1e-9 nats.
 *
 * @returns by entry of `readings`
 * @throws RangeError when a divergence is not a finite number
 */
export function compareExpectations(
  model: CausalModel,
  final: Tensor,
  readings: readonly TextReadings[],
  arms: readonly Expectations[],
  atOnce = positionsAtOnce(model),
): Comparison[] {
  const compared = readings.map(
    ({ rows }): Comparison => ({ divergences: arms.map(() => new Float32Array(rows.length)), best: new Int32Array(rows.length) }),
  );
  for (const block of blocksOf(readings, atOnce)) {
    tidy(() => {
      const rows = Int32Array.from(block.flatMap(({ place, begin, end }) => [...(readings[place]?.rows.subarray(begin, end) ?? [])]));
      const logits = model.logits(gatherRows(final, fromValues(rows, [rows.length])));
      const logs = logSoftmaxLast(logits);
      const probabilities = exp(logs);
      spread(block, readInts(argMaxLast(logits)), (place) => compared[place]?.best);
      arms.forEach((arm, which) => {
        const parts = block.map(({ place, begin, end }) => {
          const own = readings[place] as TextReadings;
          return arm.at(own.text, own.from + begin, end - begin);
        });
        const divergences = divergencesOf(probabilities, subtract(logs, concat(parts, 0)));
        spread(block, divergences, (place) => compared[place]?.divergences[which]);
      });
    });
  }
  return compared;
}

/** Under this many nats the mean of rounded differences is too coarse, and the series has converged. */
const SMALL = 1e-4;

/**
 * KL of each row. Where it is small, the mean m of the differences d = log p − log q is lost in their rounding; there it is
 * Σ p · (u² / 2 − u³ / 6) with u = d − m, which is log Σ p · exp(−u) to its third order and whose terms are of its own size.
 *
 * @param p probabilities (n, vocab)
 * @param differences log p − log q (n, vocab)
 * @throws RangeError when one is not a finite number
 */
function divergencesOf(p: Tensor, differences: Tensor): Float32Array {
  const means = sumLast(multiply(p, differences));
  const divergences = readFloats(means);
  const odd = divergences.find((value) => !Number.isFinite(value));
  if (odd !== undefined) throw new RangeError(`the divergence of two distributions is ${odd}, not a finite number`);
  if (divergences.every((value) => value >= SMALL)) return divergences;
  const u = subtract(differences, means);
  const series = readFloats(sumLast(multiply(multiply(p, square(u)), add(scale(u, -1 / 6), scalar(0.5)))));
  return divergences.map((value, row) => (value < SMALL ? Math.max(0, series[row] as number) : value));
}

/** Readings `begin` … `end` − 1 of one entry. */
type Part = { readonly place: number; readonly begin: number; readonly end: number };

/** Cuts entries into blocks of at most so many readings. */
function blocksOf(readings: readonly TextReadings[], most: number): Part[][] {
  const blocks: Part[][] = [];
  let left = 0;
  readings.forEach(({ rows }, place) => {
    for (let begin = 0; begin < rows.length; ) {
      if (left === 0) {
        blocks.push([]);
        left = most;
      }
      const end = Math.min(rows.length, begin + left);
      blocks.at(-1)?.push({ place, begin, end });
      left -= end - begin;
      begin = end;
    }
  });
  return blocks;
}

/** Gives each part of a block its values. */
function spread<T extends Float32Array | Int32Array>(block: readonly Part[], values: T, into: (place: number) => T | undefined): void {
  let at = 0;
  for (const { place, begin, end } of block) {
    into(place)?.set(values.subarray(at, at + end - begin), begin);
    at += end - begin;
  }
}
