// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { FailedPart } from "@/components/ui/failed-part";

afterEach(cleanup);

const failed = { data: undefined, error: new Error("broken here"), refetch: vi.fn() };

it("says what could not be read and why, and reads it again when asked", () => {
  render(<FailedPart query={failed} failure="Could not load the histograms" />);
  expect(screen.getByRole("alert").textContent).toContain("Could not load the histograms: broken here");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(failed.refetch).toHaveBeenCalledOnce();
});

it.each([
  ["that was read", { ...failed, error: null, data: [] }],
  ["that waits", { ...failed, error: null }],
  ["whose earlier data is still shown", { ...failed, data: [] }],
])("shows nothing of a part %s", (_what, query) => {
  expect(render(<FailedPart query={query} failure="Could not load it" />).container.innerHTML).toBe("");
});
