// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { SidewaysScroll } from "@/components/ui/sideways-scroll";

let measure: () => void;
let widths = { scrollWidth: 0, clientWidth: 0 };

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

/** Has the box measured at these widths, of its content and its own. */
function resizeTo(scrollWidth: number, clientWidth: number) {
  widths = { scrollWidth, clientWidth };
  act(() => measure());
}

it("takes the focus only while a part of the table is cut off", () => {
  render(
    <SidewaysScroll label="Estimate by arm">
      <table />
    </SidewaysScroll>,
  );
  const box = screen.getByRole("region", { name: "Estimate by arm" });
  for (const name of ["scrollWidth", "clientWidth"] as const) Object.defineProperty(box, name, { get: () => widths[name] });
  resizeTo(300, 300);
  expect(box.hasAttribute("tabindex")).toBe(false);
  resizeTo(420, 300);
  expect(box.tabIndex).toBe(0);
  resizeTo(420, 900);
  expect(box.hasAttribute("tabindex")).toBe(false);
});
