import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { evidenceHref, measured } from "@/components/new-run/preset-evidence";
import { presetsOf } from "@/components/new-run/presets";
import { newRunForm } from "@/components/new-run/run-form";
import { demonstrations } from "@/demo/configuration";
import { model } from "./small-model";

it("the preset for steering gives the demonstration's model the demonstration's own settings", () => {
  const small = { ...model, numLayers: 6 };
  const { modules, layers, numLatents, k } = presetsOf(newRunForm(small), small)[1]?.changes ?? {};
  expect(demonstrations.small.runs[0]?.config.adapter).toMatchObject({ targets: { modules, layers }, numLatents, k });
});

it("presets give only numbers that the report they link to has", () => {
  expect(evidenceHref).toMatch(/^\/docs\/reports\/[\w-]+\.md$/);
  const report = readFileSync(`.${evidenceHref}`, "utf8");
  for (const words of Object.values(measured).flatMap(({ line, rest }) => [line, rest])) {
    const numbers = words.match(/\d+(?:\.\d+)?(?: ± \d+(?:\.\d+)?)?/g) ?? [];
    expect(numbers.length, words).toBeGreaterThan(0);
    for (const number of numbers) expect(report, `${number} in: ${words}`).toContain(number);
  }
});
