import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { CompareWithPicked, PickedBar, RunPick } from "@/components/runs/run-pick";
import { runDetailFixture } from "./run-detail-fixture";

const { run } = runDetailFixture({ steps: 2, step: 2 });
const picks = (ids: readonly string[]) => ({ ids, toggle: () => undefined, clear: () => undefined });

it("offers to compare a run once another is picked, with all that are picked, and never with itself", () => {
  const link = (ids: readonly string[]) => renderToStaticMarkup(<CompareWithPicked run={run} picks={picks(ids)} />);
  expect(link([])).toBe("");
  expect(link(["r"])).toBe("");
  expect(link(["a", "b"])).toContain('href="/compare?runs=a,b,r"');
});

it("shows which runs are picked, and leads to their comparison from two on", () => {
  expect(renderToStaticMarkup(<RunPick run={run} picks={picks(["r"])} />)).toContain('checked=""');
  expect(renderToStaticMarkup(<RunPick run={run} picks={picks(["a"])} />)).not.toContain("checked");
  expect(renderToStaticMarkup(<PickedBar picks={picks([])} />)).toBe("");
  expect(renderToStaticMarkup(<PickedBar picks={picks(["a"])} />)).not.toContain("href");
  expect(renderToStaticMarkup(<PickedBar picks={picks(["a", "r"])} />)).toContain('href="/compare?runs=a,r"');
});
