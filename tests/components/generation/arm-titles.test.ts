import { expect, it } from "vitest";
import { markOf, textOf, titleOf } from "@/components/generation/arm-titles";

const looks = { method: "stan", other: { name: "lora-r16", method: "lora" } } as const;

it("calls the other arm by its run, and marks each arm by its method", () => {
  const arms = ["base", "adapter", "edited", "other"] as const;
  expect(arms.map((arm) => titleOf(arm, looks))).toEqual(["Base", "Adapter", "Edited", "lora-r16"]);
  expect(arms.map((arm) => markOf(arm, looks))).toEqual(["base", "stan", "edited", "lora"]);
  expect(textOf("other", looks)).toBe("lora-r16’s text");
});
