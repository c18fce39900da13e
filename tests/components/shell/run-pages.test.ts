import { expect, it } from "vitest";
import { pagesOfRun } from "@/components/shell/run-pages";
import { runConfig } from "@/lib/contract/run-config";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";

const record = recordOf(runDetailFixture({ steps: 4, step: 4 }));
const names = (changed: typeof record | undefined) => pagesOfRun("a b", changed).map(({ name }) => name);

it("are all for a run with latents over texts, and while the run is not known", () => {
  const all = ["Overview", "Latents", "Concepts", "Measures", "Benchmarks", "Steer", "Your text"];
  expect(names(record)).toEqual(all);
  expect(names(undefined)).toEqual(all);
  expect(pagesOfRun("a b", record)[6]?.path).toBe("/runs/a%20b/text");
});

it("have no concepts and no text of yours over images, and no latents without an adapter that has them", () => {
  const mapping = { kind: "labelledImage" as const, image: "image", label: "label" };
  const ofImages = { ...record, config: runConfig.parse({ ...record.config, data: { kind: "dataSet", dataSetId: "d", mapping } }) };
  expect(names(ofImages)).toEqual(["Overview", "Latents", "Benchmarks", "Steer"]);
  expect(names({ ...record, run: { ...record.run, method: "full" } })).toEqual(["Overview", "Benchmarks"]);
});
