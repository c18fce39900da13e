// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SteerScreen } from "@/components/steering/steer-screen";
import { collectionsQuery } from "@/lib/client/latents";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery, runsQuery } from "@/lib/client/runs";
import type { ImageEvent, MadeImage } from "@/lib/contract/make-images";
import { runConfig } from "@/lib/contract/run-config";
import { model } from "@/tests/components/new-run/small-model";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { dropSteerDrafts } from "@/tests/components/steering/render-steer-screen";
import { collectionWith } from "@/tests/support/collection-summary";
import { renderPage, testClient } from "@/tests/support/page";
import { Router } from "@/tests/support/router";
import { jsonLine, type StreamedRequest, streamedAnswers } from "@/tests/support/streamed-answers";

const scaled = { operation: "scale", latent: { module: "m", index: 3 }, value: 2, isOn: true, scope: "all" };
const edit = "scale*m*3*2*all";
const made = (from: "base" | "adapter" | null, patches: number[] = []): MadeImage => ({
  image: "UklGRg==",
  change: from === null ? null : { from, mean: patches.reduce((sum, one) => sum + one, 0) / patches.length, patches },
});
/** A picture of 2 × 2 patches by each arm, the last of which an edit changes. */
const events: ImageEvent[] = [
  { kind: "start", class: "wren", columns: 2, steps: 12 },
  { kind: "step", done: 5 },
  { kind: "images", arm: "base", images: [made(null)] },
  { kind: "images", arm: "adapter", images: [made("base", [16, 0, 0, 0])] },
  { kind: "images", arm: "edited", images: [made("adapter", [0, 0, 0, 8])] },
];

let requests: StreamedRequest[];
beforeEach(() => {
  const streamed = streamedAnswers({ "/api/runs/r/images": jsonLine });
  requests = streamed.requests;
  vi.stubGlobal("fetch", streamed.fetch);
});
afterEach(() => {
  cleanup();
  dropSteerDrafts();
  vi.unstubAllGlobals();
});

/** The page of a finished run over a diffusion model, opened at an address. */
function open(search: string) {
  window.history.replaceState(null, "", `/runs/r/steer${search}`);
  const { config, ...detail } = runDetailFixture({ steps: 3, step: 3 });
  const run = { ...detail.run, status: "finished" as const, modelId: model.id };
  const mapping = { kind: "labelledImage", image: "image", label: "label" };
  const own = runConfig.parse({ ...config, task: { kind: "denoising" }, data: { ...config.data, mapping } });
  const client = testClient();
  client.setQueryData(runRecordQuery("r").queryKey, recordOf({ ...detail, run, config: own }));
  client.setQueryData(collectionsQuery("r").queryKey, [collectionWith({ positionKind: "patch" })]);
  const size = { height: 4, width: 4 };
  const images = { resize: null, filter: null, size, patch: { height: 2, width: 2 }, channels: 3, mean: null, std: null };
  client.setQueryData(modelsQuery().queryKey, [
    { ...model, images: { ...images, denoises: { classes: ["boat", "wren"], numTimesteps: 60 } } },
  ]);
  client.setQueryData(runsQuery().queryKey, { runs: [run], snapshot: { next: 1, open: [] } });
  return renderPage(
    <Router>
      <SteerScreen runId="r" />
    </Router>,
    client,
  );
}

const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));

async function newest(count: number): Promise<StreamedRequest> {
  await waitFor(() => expect(requests).toHaveLength(count));
  const request = requests.at(-1);
  if (request === undefined) throw new Error("nothing was requested");
  return request;
}

it("makes pictures of its address's class by base model, adapter and edits, and says how far it is", async () => {
  open(`?class=wren&seed=7&steps=4&guidance=1.5&from=10&to=40&edit=${edit}`);
  expect(requests).toHaveLength(0);
  press("Make pictures");
  const request = await newest(1);
  expect(request.body).toEqual({
    ...{ class: "wren", seed: 7, images: 1, steps: 4, guidance: 1.5 },
    ...{ editedTimesteps: { from: 10, to: 40 }, edits: [scaled] },
  });
  act(() => request.send(...events));
  await screen.findByText("Step 5 of 12");
  await screen.findByRole("img", { name: "Edited, picture 1 of wren" });
  const arms = ["Base", "Adapter", "Edited"].map((name) => within(screen.getByRole("region", { name })).getByRole("figure").textContent);
  expect(arms).toEqual(["", "mean change 4.0 of 255", "mean change 2.0 of 255"]);
  // The last patch alone is shaded, on the scale of the larger comparison.
  const map = screen.getByRole("img", { name: "Change of picture 1: mean 2.0, at most 8.0 of 255" });
  expect([...map.querySelectorAll<SVGPathElement>("path")].map((path) => [path.getAttribute("d"), path.style.fill])).toEqual([
    ["M1 1h1v1h-1z", "var(--kl-4)"],
  ]);
  fireEvent.click(screen.getByText("Adapter − base"));
  screen.getByRole("img", { name: "Change of picture 1: mean 4.0, at most 16 of 255" });
  act(() => request.send({ kind: "end", seconds: 2 }));
  request.end();
  await screen.findByText("2.0 s");
  fireEvent.change(screen.getByLabelText("Seed"), { target: { value: "8" } });
  await screen.findByText("settings have changed since");
  await waitFor(() => expect(new URLSearchParams(window.location.search).get("seed")).toBe("8"));
});

it("can be stopped, which ends the request, and says what went wrong", async () => {
  open("");
  press("Make pictures");
  const first = await newest(1);
  expect(first.body).toEqual({ seed: 0, images: 1, steps: 30, guidance: 1, edits: [] });
  act(() => first.send({ kind: "step", done: 3 }));
  press("Stop");
  expect(first.signal?.aborted).toBe(true);
  await screen.findByText("stopped");
  press("Make pictures");
  const second = await newest(2);
  act(() => second.send({ kind: "error", message: "steps is 61, but there are 60" }));
  await screen.findByText("steps is 61, but there are 60");
  screen.getByRole("button", { name: "Make pictures" });
});

it("makes a strip over the values of an edit", async () => {
  open(`?edit=${edit}`);
  fireEvent.change(screen.getByLabelText("Values"), { target: { value: "0, 4" } });
  press("Make strip");
  const request = await newest(1);
  expect(request.body).toMatchObject({ arms: ["adapter"], images: 1, edits: [scaled], dose: { edit: 0, values: [0, 4] } });
  act(() =>
    request.send(
      { kind: "images", arm: "adapter", images: [made(null)] },
      { kind: "dose", value: 0, image: made("adapter", [0, 0, 0, 0]) },
      { kind: "dose", value: 4, image: made("adapter", [4, 4, 4, 4]) },
      { kind: "end", seconds: 1 },
    ),
  );
  request.end();
  await screen.findByRole("img", { name: "At 4" });
  const strip = screen.getByRole("img", { name: "At 0" }).closest("figure");
  expect(strip?.textContent).toBe("no change");
});
