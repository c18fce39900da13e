// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { EvaluatedTable } from "@/components/studies/evaluation/evaluated-table";
import type { EvaluatedRow } from "@/lib/contract/study";

afterEach(cleanup);

function evaluated(row: number, change: number, gained: number): EvaluatedRow {
  const adapter = { loss: 2, correct: 3, isExact: false };
  return {
    row,
    domain: null,
    text: `text ${row}`,
    labelTokens: 7,
    base: adapter,
    adapter,
    edited: { loss: 2 + change, correct: 3, isExact: false },
    gained,
    lost: 0,
  };
}

const shown = () => [...document.querySelectorAll("tbody tr")].map((line) => line.firstElementChild?.textContent);

it("is also sorted by a list, where there is no room for the heads of columns, and each cell then has its column's name", () => {
  const rows = [evaluated(3, 0.1, 5), evaluated(5, -0.3, 2), evaluated(2, 0.2, 11)];
  render(<EvaluatedTable result={{ rows, flips: { toRight: 0, toWrong: 0 } }} />);
  expect(shown()).toEqual(["5", "2", "3"]);
  const list = screen.getByLabelText("Sort by");
  fireEvent.change(list, { target: { value: "gained" } });
  expect(shown()).toEqual(["2", "3", "5"]);
  fireEvent.change(list, { target: { value: "row" } });
  expect(shown()).toEqual(["2", "3", "5"]);
  const names = [...document.querySelectorAll("tbody tr:first-child td")].map((cell) => cell.getAttribute("data-label"));
  expect(names).toEqual(["Row", null, "Tokens", "Base", "Adapter", "Edited, Δ", "Gained", "Lost"]);
});
