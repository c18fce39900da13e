import { expect, it } from "vitest";
import { readRunView, writeRunView } from "@/tests/support/addresses";

const plain = { range: null, overlayId: "", axis: "step", isLogY: false } as const;

it("the view of a run opens again from its address, which keeps the rest of its query and leaves defaults out", () => {
  const view = { range: { from: 5, to: 7 }, overlayId: "b", axis: "tokens", isLogY: true } as const;
  const search = writeRunView("?other=1", view);
  expect(readRunView(search)).toEqual(view);
  expect(writeRunView(search, plain)).toBe("?other=1");
  expect(readRunView(new URLSearchParams("x=wheels&steps=7-5&y=lin"))).toEqual(plain);
});
