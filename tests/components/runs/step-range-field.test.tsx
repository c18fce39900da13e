// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it } from "vitest";
import { StepRangeField } from "@/components/runs/step-range-field";
import type { StepRange } from "@/lib/client/runs";
import { textIn, typeInto } from "@/tests/support/typed-field";

afterEach(cleanup);

let shown: StepRange | null = null;

function Chart() {
  const [range, setRange] = useState<StepRange | null>(null);
  shown = range;
  return <StepRangeField range={range} steps={1000} onRange={setRange} />;
}

function enter(label: string, text: string) {
  typeInto(label, text);
  fireEvent.keyDown(screen.getByLabelText(label), { key: "Enter" });
}

it("steps are chosen by typing one end or both, and emptied ends show the whole run", () => {
  render(<Chart />);
  enter("Steps shown, from", "200");
  expect(shown).toEqual({ from: 200, to: 1000 });
  enter("Steps shown, to", "5000");
  expect(shown).toEqual({ from: 200, to: 1000 });
  enter("Steps shown, to", "400");
  expect(shown).toEqual({ from: 200, to: 400 });
  enter("Steps shown, from", "");
  enter("Steps shown, to", "");
  expect(shown).toBeNull();
});

it("a range without steps is refused, and the one that is shown stays", () => {
  render(<Chart />);
  enter("Steps shown, to", "400");
  enter("Steps shown, from", "400");
  expect(screen.getByRole("alert").textContent).toBe("The first step (400) must be less than the last (400).");
  expect(shown).toEqual({ from: 1, to: 400 });
  expect(textIn("Steps shown, from")).toBe("1");
});
