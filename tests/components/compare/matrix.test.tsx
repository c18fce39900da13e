// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Matrix } from "@/components/compare/matrix";

let measure: () => void;
vi.stubGlobal(
  "ResizeObserver",
  class {
    constructor(onResize: () => void) {
      measure = onResize;
    }
    observe() {}
    disconnect() {}
  },
);
afterEach(cleanup);

it("a matrix that is wider than its panel is scrolled by the keyboard too", () => {
  const rows = [{ name: "STAN", values: [0.5, null] }];
  const { container } = render(
    <Matrix caption="Loss by domain" corner="side" columns={["law", "code"]} rows={rows} format={String} shade={() => 0} />,
  );
  expect(screen.getAllByRole("cell").map((cell) => cell.textContent)).toEqual(["0.5", "–"]);
  expect(screen.queryByRole("region", { name: "Loss by domain" })).toBeNull();
  Object.defineProperty(container.firstChild, "scrollWidth", { get: () => 500 });
  act(() => measure());
  expect(screen.getByRole("region", { name: "Loss by domain" }).tabIndex).toBe(0);
});
