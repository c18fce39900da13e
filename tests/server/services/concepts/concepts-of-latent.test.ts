import { expect, it } from "vitest";
import type { DetectedConcept } from "@/lib/contract/detection";
import { conceptsOfLatent } from "@/server/services/concepts/concepts-of-latent";

const own = { module: "layers.1.v_proj", index: 3 };
const other = { module: "layers.1.v_proj", index: 4 };
const rows = { positives: 4, negatives: 6, hardNegatives: 0 };
const best = (latent: typeof own, sign: 1 | -1): DetectedConcept["chosen"] => ({
  ...{ latent, sign },
  selection: { auroc: 1, averagePrecision: 1 },
  report: { auroc: 0.75, averagePrecision: 0.5 },
  interval: { auroc: [0.5, 0.9], averagePrecision: [0.25, 1] },
});
const ranked = (latent: typeof own, sign: 1 | -1, auroc: number): DetectedConcept["top"][number] => ({
  ...{ latent, sign, hard: null },
  ranking: { auroc, averagePrecision: auroc / 2 },
  active: { positives: 3, negatives: 1 },
});
const rivers: DetectedConcept = { name: "rivers", rows, chosen: best(own, 1), top: [ranked(own, 1, 0.9), ranked(other, 1, 0.8)] };
const roads: DetectedConcept = { name: "roads", rows, chosen: best(other, 1), top: [ranked(other, 1, 0.9), ranked(own, -1, 0.7)] };
const rails: DetectedConcept = { name: "rails", rows, chosen: best(own, -1), top: [ranked(own, 1, 0.6)] };
const roofs: DetectedConcept = { name: "roofs", rows, chosen: null, top: [] };
const found = [
  { id: "new", dataName: "places", concepts: [rivers, roofs] },
  { id: "old", dataName: "works", concepts: [roads, rails] },
];

it("gives each concept that a latent detects, by the end that does, with the score of the half that did not choose it", () => {
  const report = { auroc: 0.75, interval: [0.5, 0.9] };
  const ranking = (auroc: number) => ({ auroc, averagePrecision: auroc / 2 });
  expect(conceptsOfLatent(found, own)).toEqual([
    { detectionId: "new", dataName: "places", concept: "rivers", rows, sign: 1, ranking: ranking(0.9), report },
    { detectionId: "old", dataName: "works", concept: "roads", rows, sign: -1, ranking: ranking(0.7), report: null },
    { detectionId: "old", dataName: "works", concept: "rails", rows, sign: 1, ranking: ranking(0.6), report: null },
    { detectionId: "old", dataName: "works", concept: "rails", rows, sign: -1, ranking: null, report },
  ]);
  expect(conceptsOfLatent(found, { module: "layers.0.v_proj", index: 3 })).toEqual([]);
});
