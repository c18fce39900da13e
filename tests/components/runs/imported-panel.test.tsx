import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { ImportedPanel } from "@/components/runs/imported-panel";
import { runDetailFixture } from "./run-detail-fixture";

const record = {
  source: "outputs",
  baseModelName: null,
  peftVersion: "0.21.2",
  curveFiles: [],
  epochs: null,
  maxSteps: null,
  trainingSeconds: null,
  evaluations: [],
  stated: { lr_scheduler_type: "linear" },
};

/** Names and values of the panel, as they are read. */
function entriesOf(html: string): Record<string, string> {
  return Object.fromEntries([...html.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name, value]) => [name, value]));
}

it("says of an imported run where it came from, and what is not known of it", () => {
  const detail = runDetailFixture({ steps: 4, step: 0 });
  const html = renderToStaticMarkup(<ImportedPanel detail={{ ...detail, run: { ...detail.run, seed: null }, imported: record }} />);
  expect(entriesOf(html)).toEqual({
    From: "outputs",
    "Base model, in its file": "not stated",
    PEFT: "0.21.2",
    Curves: "no training log found",
    Steps: "not stated",
    "Steps planned": "not stated",
    Epochs: "not stated",
    "Training time": "not stated",
    Seed: "not stated",
    "lr_scheduler_type, as stated": "linear",
  });
});

it("is not there for a run of our own", () => {
  expect(renderToStaticMarkup(<ImportedPanel detail={runDetailFixture({ steps: 4, step: 4 })} />)).toBe("");
});
