import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { OriginMark } from "@/components/runs/origin-mark";
import { SamplePanel } from "@/components/runs/sample-panel";
import { runDetailFixture } from "./run-detail-fixture";

it("says of the sample where it was trained, and is not there for a run of our own", () => {
  const detail = { ...runDetailFixture({ steps: 4, step: 4 }), provenance: { device: "8 cores" } };
  expect(renderToStaticMarkup(<SamplePanel detail={detail} />)).toBe("");
  const html = renderToStaticMarkup(<SamplePanel detail={{ ...detail, run: { ...detail.run, isSample: true } }} />);
  expect(html).toContain("Included with Stanscope");
  expect(html).toContain("<dd>8 cores</dd>");
  expect(html).toContain("Its adapter and statistics are read-only.");
});

it("marks what was not trained here beside its name", () => {
  const mark = (run: { isImported: boolean; isSample: boolean }) => renderToStaticMarkup(<OriginMark run={run} />);
  expect(mark({ isImported: false, isSample: true })).toContain(">sample<");
  expect(mark({ isImported: true, isSample: false })).toContain(">imported<");
  expect(mark({ isImported: false, isSample: false })).toBe("");
});
