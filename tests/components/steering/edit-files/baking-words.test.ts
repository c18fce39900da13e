import { expect, it } from "vitest";
import { bakingWords, placesInWords } from "@/components/steering/edit-files/baking-words";
import type { Edit } from "@/lib/contract/edit";

const places = { latent: { module: "m", index: 2 }, isOn: true, scope: "all" } as const;
const ablated: Edit = { operation: "ablatePost", ...places };
const home = { modules: [], method: "stan" as const };
const clamped: Edit = { operation: "clamp", value: 3, ...places };

it("names by their places which edits can be baked, and those that cannot by their reasons", () => {
  const words = bakingWords([clamped, { ...ablated, scope: "prompt" }, ablated, { ...clamped, value: 5 }], home);
  expect(words?.bakedNames).toBe("edit 3");
  expect(words?.baked).toEqual([ablated]);
  expect(words?.refused).toEqual([
    { names: "edits 1 and 4", reason: expect.stringContaining("fixed activation") },
    { names: "edit 2", reason: expect.stringContaining("some positions") },
  ]);
});

it("says nothing where no edit is on, and of none where none can be", () => {
  expect(bakingWords([], home)).toBeNull();
  expect(bakingWords([{ ...ablated, isOn: false }], home)).toBeNull();
  expect(bakingWords([clamped], { ...home, method: "lora" })?.bakedNames).toBeNull();
});

it("counts edits where there are too many to be named", () => {
  expect(placesInWords([3])).toBe("edit 3");
  expect(placesInWords([1, 2, 5])).toBe("edits 1, 2 and 5");
  expect(placesInWords([1, 2, 3, 4, 5, 6, 7])).toBe("7 edits");
});

it("bakes nothing that the run cannot make at all", () => {
  expect(bakingWords([{ ...ablated, operation: "ablatePre" }], { ...home, method: "lora" })).toMatchObject({
    baked: [],
    refused: [{ names: "edit 1", reason: expect.stringContaining("no TopK") }],
  });
});
