import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { headLoss, headLossAndGradient } from "@/server/engine/models/head-loss";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { liveTensors, measureBytes, tidy } from "@/server/engine/tensor/scope";
import { largestDifference } from "@/tests/server/engine/tiny";

// More tokens than one chunk holds.
const [tokens, dModel, vocab] = [601, 3, 5];
const random = new Random(2);
const final = Float32Array.from({ length: tokens * dModel }, () => random.nextNormal());
const head = Float32Array.from({ length: vocab * dModel }, () => random.nextNormal());
const from = Int32Array.from({ length: tokens }, (_, token) => token).filter((token) => token % 7 !== 3);
const predictions = { from, label: from.map((token) => (token * 3) % vocab) };

/** In float64, a token at a time; infinity is no cap. */
function reference(cap: number): { losses: number[]; dFinal: Float64Array } {
  const dFinal = new Float64Array(tokens * dModel);
  const at = (values: ArrayLike<number>, i: number) => values[i] as number;
  const losses = Array.from(from, (token, i) => {
    const products = Array.from({ length: vocab }, (_, word) =>
      [0, 1, 2].reduce((sum, d) => sum + at(final, token * dModel + d) * at(head, word * dModel + d), 0),
    );
    const bent = products.map((product) => Math.tanh(product / cap));
    const logits = products.map((product, word) => (Number.isFinite(cap) ? cap * at(bent, word) : product));
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    logits.forEach((logit, word) => {
      const slope = (Math.exp(logit) / total - (word === predictions.label[i] ? 1 : 0)) * (1 - at(bent, word) ** 2);
      for (let d = 0; d < dModel; d++)
        dFinal[token * dModel + d] = at(dFinal, token * dModel + d) + 0.25 * slope * at(head, word * dModel + d);
    });
    return Math.log(total) - at(logits, at(predictions.label, i));
  });
  return { losses, dFinal };
}

describe("the loss through the head", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  it.each([
    ["", undefined],
    [" and capped logits", 1.5],
  ])("equals softmax cross-entropy token by token, over several chunks, with its gradient%s", (_, cap) => {
    const wanted = reference(cap ?? Number.POSITIVE_INFINITY);
    tidy(() => {
      const states = fromValues(final, [tokens, dModel]);
      const gain = fromValues(new Float32Array(dModel).fill(1), [dModel]);
      const unembedding = { gain, isCentred: false, head: fromValues(head, [vocab, dModel]), cap };
      const { losses, dFinal } = wholly(headLossAndGradient(states, unembedding, predictions, 0.25));
      expect(largestDifference(losses, wanted.losses)).toBeLessThan(2e-6);
      expect(largestDifference(readFloats(dFinal), wanted.dFinal)).toBeLessThan(1e-6);
      expect(wholly(headLoss(states, unembedding, predictions))).toEqual(losses);
    });
  });

  it("holds no more of the logits of a long row than of a short one", () => {
    const words = 131_072;
    const peak = (length: number) =>
      tidy(() => {
        const states = fromValues(new Float32Array(length), [length, 1]);
        const unembedding = {
          gain: fromValues(Float32Array.of(1), [1]),
          isCentred: false,
          cap: undefined,
          head: fromValues(new Float32Array(words), [words, 1]),
        };
        const each = Int32Array.from({ length }, (_, token) => token);
        const asked = { from: each, label: each };
        return measureBytes(() => wholly(headLossAndGradient(states, unembedding, asked, 1))).peakBytes;
      });
    // Of 300 tokens and of 1,200 the logits of a chunk and their gradient, 64 MiB each, beside the states.
    const [short, long] = [peak(300), peak(1200)];
    expect(long - short).toBeLessThan(2 ** 20);
    expect(long).toBeLessThan(2 ** 28);
  });
});
