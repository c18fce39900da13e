// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { ScrollBox } from "@/components/ui/scroll-box";

let measure: () => void;
const sizes = { scrollWidth: 0, clientWidth: 0, scrollHeight: 0, clientHeight: 0 };

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

/** Has the box measure itself: the sizes of its content (scroll…) and its own (client…). */
function resizeTo(scrollWidth: number, clientWidth: number, scrollHeight: number, clientHeight: number) {
  Object.assign(sizes, { scrollWidth, clientWidth, scrollHeight, clientHeight });
  act(() => measure());
}

it("takes the focus, by its name, only while a part of it is cut off", () => {
  const { container } = render(<ScrollBox label="Estimate by arm">many numbers</ScrollBox>);
  for (const name of ["scrollWidth", "clientWidth", "scrollHeight", "clientHeight"] as const)
    Object.defineProperty(container.firstChild, name, { get: () => sizes[name] });
  const named = () => screen.queryByRole("region", { name: "Estimate by arm" });
  resizeTo(300, 300, 70, 70);
  expect(named()).toBeNull();
  resizeTo(420, 300, 70, 70);
  expect(named()?.tabIndex).toBe(0);
  resizeTo(420, 900, 70, 70);
  expect(named()).toBeNull();
  resizeTo(420, 900, 170, 70);
  expect(named()?.tabIndex).toBe(0);
});
