import { expect, it } from "vitest";
import { textBeforePeak } from "@/components/steering/tasks/language-model/prompt/text-before-peak";
import type { LatentExample } from "@/lib/contract/latent";

const example = (rank: number, words: readonly string[], peak: number): LatentExample => ({
  rank,
  activation: 7 - rank,
  domain: null,
  context: 2,
  row: 2,
  position: 3,
  peak,
  tokens: words.map((text) => ({ text, activation: 0 })),
  duplicates: 0,
});

it("is what the model has read when the latent fires most", () => {
  expect(textBeforePeak([example(1, ["other"], 1), example(0, [" And", " the", " Lord"], 2)])).toBe("And the");
});

it("is before the largest activation of either sign, though positive ones are listed first", () => {
  const [positive, negative] = [example(0, ["other"], 1), example(1, [" the", " Lord"], 1)];
  expect(textBeforePeak([positive, { ...negative, activation: -9 }])).toBe("the");
});

it("passes over an example whose first token fires", () => {
  expect(textBeforePeak([example(0, [" Lord"], 0), example(1, [" of", " hosts"], 1)])).toBe("of");
  expect(textBeforePeak([example(0, [" Lord"], 0)])).toBeNull();
  expect(textBeforePeak([])).toBeNull();
});
