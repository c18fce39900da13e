// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AnswerTable } from "@/components/steering/tasks/answers/answer-table";
import type { TextAnswer } from "@/lib/contract/read-text";

let measure: () => void = () => undefined;
beforeEach(() => {
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
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("can be scrolled by keys where it has more classes than room", () => {
  const labels = ["wren", "boat", "mast"];
  const answer: TextAnswer = { kind: "classes", classes: labels.map((label) => ({ label, score: 0, probability: 1 / 3 })) };
  const row = { key: "adapter", name: "Adapter", about: "unedited", answer, isEdited: false };
  const { container } = render(<AnswerTable rows={[row]} adapter={answer} view="probability" />);
  expect(screen.queryByRole("region")).toBeNull();
  Object.defineProperty(container.firstChild, "scrollWidth", { get: () => 600 });
  act(() => measure());
  expect(screen.getByRole("region", { name: "Predictions" }).tabIndex).toBe(0);
});
