import { expect, it } from "vitest";
import { readRunView, withRunView } from "@/components/runs/run-view";

const plain = { range: null, overlayId: "", axis: "step", isLogY: false } as const;

it("the view of a run opens again from its address, which keeps the rest of its query and leaves defaults out", () => {
  const view = { range: { from: 5, to: 7 }, overlayId: "b", axis: "tokens", isLogY: true } as const;
  const search = withRunView(view, new URLSearchParams("other=1"));
  expect(readRunView(search)).toEqual(view);
  expect(withRunView(plain, search).toString()).toBe("other=1");
  expect(readRunView(new URLSearchParams("x=wheels&steps=7-5&y=lin"))).toEqual(plain);
});
