import { expect, it } from "vitest";
import { effectDoubt } from "@/components/latents/effect-doubt";

it.each([
  [0.5, 0.4, ""],
  [-0.5, 0.4, ""],
  [-0.5, 0.6, "95 % CI includes 0"],
  [0.5, null, "fires in fewer than 30 rows: too few for an interval"],
  [0.5, 0, "fires in fewer than 30 rows: too few for an interval"],
  [0, null, "never fires in the held-out text"],
])("of %d ± %d it says %j", (perFiring, halfWidth, words) => {
  expect(effectDoubt(perFiring, halfWidth)).toBe(words);
});
