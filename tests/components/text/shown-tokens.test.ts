import { expect, it } from "vitest";
import { shadeText, shownTokens } from "@/components/text/shown-tokens";
import type { Reading } from "@/components/text/use-reading";
import { reading } from "./readings";

const module = reading("m", 2, {
  indices: [5, 7, 7, 3],
  activations: [1, -2, 8, 4],
  outputShares: [1.5, -0.5, 0.5, 0.5],
  attributions: [-1, 0.5, 2, 0],
});
const read: Reading = {
  status: "done",
  request: { text: "a b" },
  tokens: [
    { id: 5, text: "a", loss: null },
    { id: 7, text: " b", loss: 4 },
  ],
  isTruncated: false,
  picture: null,
  answer: null,
  attributedTo: null,
  compared: null,
  dose: null,
  modules: 2,
  readings: [module, { ...module, module: "n" }],
  labels: [],
  seconds: 1,
  error: null,
};

it("shades by loss, and leaves the first token, which has none, plain", () => {
  expect(shownTokens(read, shadeText(read, "loss", null))).toEqual([
    { text: "a", colour: "transparent", ink: "var(--act-ink)", title: "token 1: –" },
    { text: " b", colour: "var(--worse-8)", ink: "var(--act-ink)", title: "token 2: 4.00 nats" },
  ]);
});

it("shades by the sizes of output shares, as the mean over modules", () => {
  expect(shadeText(read, "outputShare", null)).toMatchObject({ values: [2, 1], max: 2 });
});

it("shades by what the loss owes to all latents together", () => {
  expect(shadeText(read, "attribution", null)).toMatchObject({ values: [3, 4], max: 4, unit: "nats" });
});

it("shades by one latent on its module's own scale, in two colours where it is signed", () => {
  const shaded = shadeText(read, "latent", { reading: module, index: 7, max: 16 });
  expect(shaded).toMatchObject({ values: [-2, 8], max: 16, isSigned: true });
  expect(shownTokens(read, shaded).map(({ colour }) => colour)).toEqual(["var(--neg-1)", "var(--act-4)"]);
});
