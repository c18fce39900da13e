import { describe, expect, it } from "vitest";
import { layOutDomainChanges } from "@/components/studies/evaluation/domain-changes-layout";
import { changeOf, flipOf, shownRows, tokenTotals } from "@/components/studies/evaluation/evaluated-rows";
import { evaluationVerdict } from "@/components/studies/evaluation/evaluation-verdict";
import type { EvaluatedRow } from "@/lib/contract/study";

const reading = (loss: number, isExact = false) => ({ loss, correct: 0, isExact });
const row = (at: number, adapter: [number, boolean?], edited: [number, boolean?], gained = 0, lost = 0): EvaluatedRow => ({
  row: at,
  domain: at > 5 ? "law" : null,
  text: "",
  labelTokens: 7,
  base: reading(5),
  adapter: reading(...adapter),
  edited: reading(...edited),
  gained,
  lost,
});
const rows = [row(2, [2], [2.5], 3, 1), row(7, [3, true], [1, false], 0, 5), row(11, [1, false], [1.25, true], 2)];

describe("rows that were evaluated with edits", () => {
  it("are sorted by the size of their change, falls and rises together", () => {
    expect(shownRows(rows, "all", { key: "change", order: "desc" }).map((one) => one.row)).toEqual([7, 2, 11]);
    expect(shownRows(rows, "all", { key: "adapter", order: "asc" }).map((one) => one.row)).toEqual([11, 2, 7]);
    expect(rows.map(changeOf)).toEqual([0.5, -2, 0.25]);
  });

  it("are filtered by the answers that flipped, either way", () => {
    const filtered = (filter: Parameters<typeof shownRows>[1]) =>
      shownRows(rows, filter, { key: "row", order: "asc" }).map((one) => one.row);
    expect(filtered("flipped")).toEqual([7, 11]);
    expect(filtered("toRight")).toEqual([11]);
    expect(filtered("toWrong")).toEqual([7]);
    expect(rows.map(flipOf)).toEqual([null, "toWrong", "toRight"]);
  });

  it("are counted by their tokens", () => {
    expect(tokenTotals({ rows })).toEqual({ gained: 5, lost: 6 });
  });
});

describe("the verdict on edits", () => {
  it("tells a change whose interval leaves 0 out, and no other", () => {
    expect(evaluationVerdict({ change: { mean: 0.25, halfWidth: 0.125, count: 110 } })).toBe(
      "The edits raise the loss by 0.250 ± 0.13 nats over 110 rows.",
    );
    expect(evaluationVerdict({ change: { mean: -0.25, halfWidth: 0.125, count: 110 } })).toMatch(/^The edits lower the loss/);
    expect(evaluationVerdict({ change: { mean: -0.125, halfWidth: 0.125, count: 110 } })).toBe(
      "The change of loss is not statistically significant: −0.125 ± 0.13 nats over 110 rows.",
    );
    expect(evaluationVerdict({ change: { mean: 2, halfWidth: null, count: 1 } })).toMatch(/too few for an interval/);
    expect(evaluationVerdict({ change: { mean: 0, halfWidth: 0, count: 30 } })).toBe("The edits change no loss on these 30 rows.");
  });
});

describe("changes of loss by domain", () => {
  it("stand on one axis that holds 0, and are told where their interval leaves it out", () => {
    const change = (mean: number, halfWidth: number | null) => ({ mean, halfWidth, count: 30 });
    const { x, left, lines } = layOutDomainChanges(
      [
        { domain: "all", rows: 5, change: change(0.5, 0.25) },
        { domain: "law", rows: 2, change: change(0.25, 0.5) },
        { domain: "code", rows: 1, change: change(1, null) },
      ],
      400,
    );
    expect(lines.map(({ excludesZero }) => excludesZero)).toEqual([true, false, false]);
    expect(lines[0]).toMatchObject({ at: x(0.5), from: x(0.25), to: x(0.75) });
    expect(lines[2]).toMatchObject({ from: x(1), to: x(1) });
    expect(x(0)).toBeGreaterThanOrEqual(left);
  });
});
