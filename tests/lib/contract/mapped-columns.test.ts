import { expect, it } from "vitest";
import { chooseMapping } from "@/lib/contract/choose-mapping";
import { columnsByRole } from "@/lib/contract/mapped-columns";

const own = { kind: "promptCompletion", prompt: "q", completion: "a", separator: " A: ", split: undefined } as const;

it("names columns with their roles, and neither the kind, nor a separator, nor a role without a column", () => {
  expect(columnsByRole(own)).toEqual([
    ["prompt", "q"],
    ["completion", "a"],
  ]);
});

it("reads another dataset by the run’s own columns, whatever is written between them", () => {
  const columns = ["q", "a"].map((name) => ({ name, samples: [] }));
  expect(chooseMapping(own, { columns, mapping: null })).toBe(own);
});
