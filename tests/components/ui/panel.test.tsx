// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Panel } from "@/components/ui/panel";

afterEach(cleanup);

it("folds its body and foot under a line where it is told to, and not otherwise", () => {
  render(
    <Panel title="Score" fold="Curves" foot="Means">
      Drawing
    </Panel>,
  );
  const line = screen.getByText("Curves");
  const details = line.closest("details");
  expect(details?.open).toBe(false);
  expect(details?.textContent).toBe("CurvesDrawingMeans");
  fireEvent.click(line);
  expect(details?.open).toBe(true);
  cleanup();
  render(<Panel title="Score">Drawing</Panel>);
  expect(document.querySelector("details")).toBeNull();
});
