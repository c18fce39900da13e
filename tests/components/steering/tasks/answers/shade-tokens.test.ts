import { expect, it } from "vitest";
import { shadeTokens } from "@/components/steering/tasks/answers/shade-tokens";
import type { Reading } from "@/components/text/use-reading";
import { reading } from "@/tests/components/text/readings";

const answer = { kind: "number", value: 1 } as const;
const read: Reading = {
  status: "done",
  request: { text: "a b" },
  tokens: [
    { id: 1, text: "a", loss: null },
    { id: 2, text: "b", loss: null },
  ],
  isTruncated: false,
  picture: null,
  answer,
  attributedTo: null,
  compared: { kind: "answers", constant: null, base: answer, adapter: answer, edited: answer, alone: [], injectedNorms: [0, 0.5] },
  dose: null,
  modules: 1,
  readings: [reading("m", 1, { indices: [3, 11], activations: [-2, 1] })],
  labels: [],
  seconds: 1,
  error: null,
};

it("shades tokens by what edits inject, in percent and on the scale of generations", () => {
  const range = { least: 0.8, most: 0.8, leastModule: "L0 q_proj", mostModule: "L0 q_proj", unmeasured: 0 };
  expect(shadeTokens(read, null, 0, null)).toMatchObject({ values: [0, 50], max: 60, ramp: "worse", isSigned: false });
  expect(shadeTokens(read, null, 0, range).max).toBe(120);
  expect(shadeTokens({ ...read, compared: null }, null, 0, range)).toMatchObject({ values: [], max: 120 });
});

it("shades tokens by a latent's activation on its module's scale, or the text's own where that is not known", () => {
  expect(shadeTokens(read, { module: "m", index: 3 }, 7, null)).toMatchObject({ values: [-2, 0], max: 7, isSigned: true });
  expect(shadeTokens(read, { module: "m", index: 11 }, 0, null)).toMatchObject({ values: [0, 1], max: 1, isSigned: false });
  expect(shadeTokens(read, { module: "other", index: 3 }, 7, null).values).toEqual([null, null]);
});
