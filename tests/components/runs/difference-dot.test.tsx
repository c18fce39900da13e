import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { differenceAxis } from "@/components/runs/difference-axis";
import { DifferenceDot } from "@/components/runs/difference-dot";
import { runDetailFixture } from "./run-detail-fixture";

const { run } = runDetailFixture({ steps: 10, step: 4 });
const evaluation = run.latestEvaluation ?? expect.fail("the fixture is evaluated");
const drawn = (difference: number, differenceHalfWidth: number) => {
  const listed = { ...run, latestEvaluation: { ...evaluation, difference, differenceHalfWidth } };
  const axis = differenceAxis([listed], 216) ?? expect.fail("no axis");
  return renderToStaticMarkup(<DifferenceDot run={listed} axis={axis} />);
};

describe("the dot of a difference", () => {
  it("has its method's colour when the interval leaves out zero", () => {
    expect(drawn(-0.5, 0.1)).toContain('fill="var(--stan)"');
  });

  it("is hollow and grey when the interval holds zero", () => {
    const svg = drawn(-0.05, 0.1);
    expect(svg).toContain('fill="var(--surface)" stroke="var(--ink-3)"');
    expect(svg).not.toContain("var(--stan)");
  });
});
