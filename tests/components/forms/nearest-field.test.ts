import { expect, it } from "vitest";
import { nearestField } from "@/components/forms/nearest-field";

it.each([
  ["runs.0.config.data.mapping.text", ["data", "mapping", "mapping.text"], "mapping.text"],
  ["config.data.mapping.label", ["data", "mapping", "mapping.text"], "mapping"],
  [
    "runs.1.config.training.learningRate",
    ["0.config.training.learningRate", "1.config.training.learningRate"],
    "1.config.training.learningRate",
  ],
  ["finalSeeds.3", ["sweepSeeds", "finalSeeds"], "finalSeeds"],
  ["arms.1.adapters.0.k", ["arms.0.adapters", "arms.1.adapters"], "arms.1.adapters"],
  ["study.unit", ["t", "unit.kind", "nit"], undefined],
])("the path %s leads to the nearest field of %j", (path, names, field) => {
  expect(nearestField(path, names)).toBe(field);
});
