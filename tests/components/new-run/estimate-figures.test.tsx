// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EstimateFigures } from "@/components/new-run/estimate-figures";
import { startsOf } from "@/components/new-run/run-configs";
import { newRunForm } from "@/components/new-run/run-form";
import type { RunEstimate } from "@/lib/contract/run-estimate";
import { renderPage } from "@/tests/support/page";
import { model } from "./small-model";

const starts = startsOf({ ...newRunForm(model), dataSetId: "d" });
const measured: RunEstimate = {
  ...{ trainingSeconds: 60, collectionSeconds: 30, speed: "likeRuns", timedBy: { id: "a", name: "earlier" } },
  ...{ machineBytes: 2 ** 33, availableBytes: null },
  remedies: [{ remedy: "checkpointing", savedBytes: 2 ** 27 }],
  memory: { weights: 2 ** 29, trained: 0, gradients: 0, moments: 0, saved: 2 ** 28, working: 2 ** 28 },
  ...{ memoryBytes: 2 ** 30, memoryBy: { id: "a", name: "earlier" } },
};
let answer: () => Response;

beforeEach(() => {
  vi.stubGlobal("fetch", async () => answer());
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function text(): string {
  return (document.body.textContent ?? "").replaceAll(/[\u00a0\u202f]/g, " ");
}

it("adds the times of both runs, takes the larger memory, and names the run that they are scaled from", async () => {
  answer = () => Response.json({ runs: [measured, { ...measured, memoryBytes: 2 ** 31 }] });
  renderPage(<EstimateFigures starts={starts} />);
  expect(await screen.findByText(/^≈ 3.min/)).toBeTruthy();
  expect(text()).toContain("training 2 min, statistics 1 min. Scaled from earlier, measured with this model.");
  expect(text()).toContain("≈ 2.00 GiB");
  expect(screen.getAllByRole("link", { name: "earlier" }).map((link) => link.getAttribute("href"))).toEqual(["/runs/a", "/runs/a"]);
});

it("says what is not known", async () => {
  const unknown = { trainingSeconds: null, collectionSeconds: null, speed: "unknown", timedBy: null, memoryBy: null };
  answer = () => Response.json({ runs: [measured, { ...measured, ...unknown }] });
  renderPage(<EstimateFigures starts={starts} />);
  expect(await screen.findByText("not known")).toBeTruthy();
  expect(text()).toContain("No run has been measured here, and no worker answers.");
});

it("says by what memory is told where no run of the model was measured", async () => {
  answer = () => Response.json({ runs: [{ ...measured, memoryBy: null, speed: "products", timedBy: null }] });
  renderPage(<EstimateFigures starts={starts.slice(0, 1)} />);
  expect(await screen.findByText(/Estimated by our formula, not measured with this model/)).toBeTruthy();
  expect(text()).toContain("no run has been measured here");
});

it("offers to ask again where it fails, and asks nothing while the form cannot be started", async () => {
  answer = () => Response.json({ error: { code: "internal", message: "The database is away." } }, { status: 500 });
  const view = renderPage(<EstimateFigures starts={starts} />);
  expect(await screen.findByText(/The database is away/)).toBeTruthy();
  answer = () => Response.json({ runs: [measured] });
  fireEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByText(/^≈ 1.min/)).toBeTruthy();
  view.unmount();
  const asked = vi.fn();
  vi.stubGlobal("fetch", asked);
  renderPage(<EstimateFigures starts={null} />);
  expect(screen.getAllByText("estimated once the form is complete")).toHaveLength(2);
  expect(asked).not.toHaveBeenCalled();
});
