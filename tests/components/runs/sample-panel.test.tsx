import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { SamplePanel } from "@/components/runs/sample-panel";
import { runDetailFixture } from "./run-detail-fixture";

it("says of the sample where it was trained, and is not there for a run of our own", () => {
  const detail = { ...runDetailFixture({ steps: 4, step: 4 }), provenance: { device: "8 cores" } };
  expect(renderToStaticMarkup(<SamplePanel detail={detail} />)).toBe("");
  const html = renderToStaticMarkup(<SamplePanel detail={{ ...detail, run: { ...detail.run, isSample: true } }} />);
  expect(html).toContain("Included with Stanscope");
  expect(html).toContain("<dd>8 cores</dd>");
});
