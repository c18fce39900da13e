import { expect, it } from "vitest";
import { reservedHeight } from "@/components/generation/reserved-height";

it("is the height of the lines that the tokens will take, within reason", () => {
  // 310 pixels hold ten tokens.
  expect([reservedHeight(70, 310, 25), reservedHeight(71, 310, 25), reservedHeight(0, 310, 25)]).toEqual([175, 200, 0]);
  expect(reservedHeight(5, 3, 10)).toBe(50);
  expect(reservedHeight(4096, 310, 25)).toBe(2600);
});
