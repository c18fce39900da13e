import { expect, it } from "vitest";
import { conditionRefusal } from "@/components/steering/edit-card/edit-context";

const module = (name: string) => ({
  name,
  layer: 2,
  projection: name,
  numLatents: 7,
  dead: 0,
  alwaysOn: 0,
  colourMax: 1,
  updateNorm: null,
  frozenNorm: null,
  updateRange: null,
  meanAbsAttribution: null,
});
const modules = ["q_proj", "v_proj", "up_proj"].map(module);

it("lets an edit hang on its own module and on those before it, not on those that are computed later", () => {
  expect(conditionRefusal("q_proj", "v_proj", modules)).toBeUndefined();
  expect(conditionRefusal("v_proj", "v_proj", modules)).toBeUndefined();
  expect(conditionRefusal("up_proj", "v_proj", modules)).toBe("computed later");
});
