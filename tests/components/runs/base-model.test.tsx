// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { baseModelOf } from "@/components/runs/base-model";
import { BaseModelCard, BaseModelRow } from "@/components/runs/base-model-row";
import { differenceAxis } from "@/components/runs/difference-axis";
import { runColumns } from "@/components/runs/run-columns";
import type { RunSummary } from "@/lib/contract/run";
import { runDetailFixture } from "./run-detail-fixture";

const { run } = runDetailFixture({ steps: 10, step: 4 });
const evaluation = run.latestEvaluation ?? expect.fail("the fixture is evaluated");
const base = { modelName: "tiny", parameters: 1000, loss: 5 };

afterEach(cleanup);

describe("the base model of a list of runs", () => {
  it("is what all that were evaluated on the same rows are compared with", () => {
    const waiting: RunSummary = { ...run, id: "w", latestEvaluation: null, cost: null, dataName: "others" };
    expect(baseModelOf([waiting, run, { ...run, id: "s" }])).toEqual(base);
  });

  it("is none before an evaluation, over two models, two datasets, other rows or another base loss", () => {
    expect(baseModelOf([{ ...run, latestEvaluation: null }])).toBeNull();
    const others: Partial<RunSummary>[] = [
      { modelId: "n" },
      { dataName: "others" },
      { latestEvaluation: { ...evaluation, rows: 8 } },
      { latestEvaluation: { ...evaluation, baseLoss: 5.01 } },
    ];
    for (const other of others) expect(baseModelOf([run, { ...run, ...other }])).toBeNull();
  });
});

describe("the row of the base model", () => {
  const axisOf = (difference: number) =>
    differenceAxis([{ ...run, latestEvaluation: { ...evaluation, difference, differenceHalfWidth: 0.1 } }], 216) ?? expect.fail("no axis");
  const cells = (difference: number) => {
    render(
      <table>
        <tfoot>
          <BaseModelRow base={base} axis={axisOf(difference)} columns={runColumns} />
        </tfoot>
      </table>,
    );
    return screen.getByRole("row").textContent;
  };

  it("has the model, its frozen parameters and its loss; its difference is 0 by definition", () => {
    expect(cells(-0.1)).toBe("Base model, no adaptertinyBasetiny1\u00a0000 frozen5.0000 by definition");
  });

  it("says at which side 0 is where the axis leaves it out", () => {
    expect(cells(-5)).toContain("0 is off the axis \u2192");
    cleanup();
    expect(cells(5)).toContain("\u2190 0 is off the axis");
  });

  it("is a card on a narrow screen", () => {
    render(<BaseModelCard base={base} axis={axisOf(-5)} />);
    expect(document.body.textContent).toContain("Base model, no adapterBase0 by definition0 is off the axis \u2192loss 5.0001");
  });
});
