// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SteerScreen } from "@/components/steering/steer-screen";
import { collectionsQuery, latentQueryOptions } from "@/lib/client/latents";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery, runsQuery } from "@/lib/client/runs";
import type { CollectionModule, LatentExample } from "@/lib/contract/latent";
import { mostPictureBytes } from "@/lib/contract/read-picture";
import type { TextAnswer, TextEvent } from "@/lib/contract/read-text";
import { runConfig } from "@/lib/contract/run-config";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { dropSteerDrafts } from "@/tests/components/steering/render-steer-screen";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith } from "@/tests/support/latent-detail";
import { renderPage, testClient } from "@/tests/support/page";
import { Router } from "@/tests/support/router";
import { jsonLine, type StreamedRequest, streamedAnswers } from "@/tests/support/streamed-answers";

const latent = { module: "m", index: 3 };
const scaled = { operation: "scale", latent, value: 2, isOn: true, scope: "all" };
const edit = "scale*m*3*2*all";
const unknown = { updateNorm: null, frozenNorm: null, updateRange: null, meanAbsAttribution: null };
const module: CollectionModule = {
  name: "m",
  layer: 2,
  projection: "v_proj",
  numLatents: 7,
  dead: 0,
  alwaysOn: 0,
  colourMax: 5,
  ...unknown,
};

/** An image of 2 × 3 patches after a class token. */
const grid = { columns: 3, leading: 1 };
const exampleOf = (row: number, activation: number): LatentExample => ({
  ...{ rank: 0, activation, domain: null, context: 10 + row, row, position: 5, peak: 5, duplicates: 0, grid },
  tokens: new Array(7).fill({ text: "", activation: 0 }),
  ...{ answer: activation > 0 ? "wren" : "boat", hasImage: true },
});

const answer = (share: number): TextAnswer => ({
  kind: "classes",
  classes: [
    { label: "wren", score: share, probability: share },
    { label: "boat", score: -share, probability: 1 - share },
  ],
});
/** What the worker streams of a picture whose patch 2, 2 an edit reaches. */
const events: TextEvent[] = [
  {
    ...{ kind: "tokens", modules: 0, isTruncated: false, answer: answer(0.25) },
    tokens: new Array(7).fill({ id: 0, text: "", loss: null }),
    picture: { image: "UklGRg==", grid, label: "wren" },
  },
  {
    ...{ kind: "answers", constant: null, base: answer(0.5), adapter: answer(0.25), edited: answer(0.125) },
    alone: [{ edit: 0, answer: answer(0.125) }],
    injectedNorms: [0, 0, 0, 0, 0, 0.5, 0],
  },
  { kind: "end", seconds: 0.5 },
];

let requests: StreamedRequest[];
beforeEach(() => {
  const streamed = streamedAnswers({ "/api/runs/r/picture": jsonLine });
  requests = streamed.requests;
  vi.stubGlobal("fetch", streamed.fetch);
});
afterEach(() => {
  cleanup();
  dropSteerDrafts();
  vi.unstubAllGlobals();
});

/** The page of a finished run over images, opened at an address. */
function open(search: string) {
  window.history.replaceState(null, "", `/runs/r/steer${search}`);
  const { config, ...detail } = runDetailFixture({ steps: 3, step: 3 });
  const run = { ...detail.run, status: "finished" as const };
  const mapping = { kind: "labelledImage", image: "image", label: "label" };
  const task = { kind: "classification", labels: ["wren", "boat"] };
  const own = runConfig.parse({ ...config, task, data: { ...config.data, mapping } });
  const client = testClient();
  client.setQueryData(runRecordQuery("r").queryKey, recordOf({ ...detail, run, config: own }));
  client.setQueryData(collectionsQuery("r").queryKey, [collectionWith({ name: "birds", modules: [module], positionKind: "patch" })]);
  client.setQueryData(modelsQuery().queryKey, []);
  client.setQueryData(runsQuery().queryKey, { runs: [run], snapshot: { next: 1, open: [] } });
  const known = latentDetailWith({ positionKind: "patch", examples: [exampleOf(4, 2)], quiet: [exampleOf(6, 0)] });
  client.setQueryData(latentQueryOptions({ collectionId: "c" }, latent).queryKey, known);
  return renderPage(
    <Router>
      <SteerScreen runId="r" />
    </Router>,
    client,
  );
}

async function newest(count: number): Promise<StreamedRequest> {
  await waitFor(() => expect(requests).toHaveLength(count));
  const request = requests.at(-1);
  if (request === undefined) throw new Error("nothing was requested");
  return request;
}

async function answered(count: number): Promise<StreamedRequest> {
  const request = await newest(count);
  act(() => request.send(...events));
  request.end();
  await waitFor(() => expect(screen.queryByRole("button", { name: "Stop" })).toBeNull());
  return request;
}

const cellsOf = (name: string) =>
  within(screen.getByRole("row", { name: new RegExp(`^${name}`) }))
    .getAllByRole("cell")
    .map((cell) => cell.textContent?.replaceAll(/\s/g, " "));

it("predicts for the row of its address, by base model, adapter and edits, with the change of each class", async () => {
  open(`?row=4&edit=${edit}`);
  const { path, body } = await answered(1);
  expect([path, body]).toEqual([
    "/api/runs/r/picture",
    { picture: { kind: "row", row: 4, collectionId: "c" }, attribution: false, edits: [scaled] },
  ]);
  const image = await screen.findByAltText("Image of row 4, wren");
  expect(image.getAttribute("src")).toBe("data:image/webp;base64,UklGRg==");
  expect(cellsOf("Without the adapter")).toEqual(["50 %", "50 %"]);
  expect(cellsOf("Adapter")).toEqual(["25 %", "75 %"]);
  expect(cellsOf("Edited")).toEqual(["12.5 %−12.5 pp", "87.5 %+12.5 pp"]);
  expect(document.body.textContent).toContain("All patches are read in one pass, so an edit at one patch changes what the others see.");
  expect(document.body.textContent?.toLowerCase()).not.toContain("token by token");
});

it("offers pictures on which the edited latent fires and does not, and keeps the chosen row in its address", async () => {
  open(`?edit=${edit}`);
  fireEvent.click(screen.getByRole("button", { name: "Row 6, boat" }));
  expect((await newest(1)).body).toMatchObject({ picture: { kind: "row", row: 6 } });
  await waitFor(() => expect(new URLSearchParams(window.location.search).get("row")).toBe("6"));
  const fires = screen.getByRole("button", { name: "Row 4, wren" });
  expect(within(fires).getByRole("img").getAttribute("src")).toBe("/api/collections/c/contexts/14/image");
  fireEvent.click(fires);
  expect((await newest(2)).body).toMatchObject({ picture: { kind: "row", row: 4 } });
  expect(fires.getAttribute("aria-pressed")).toBe("true");
  const field = screen.getByLabelText("Row");
  fireEvent.change(field, { target: { value: "12" } });
  expect((await newest(3)).body).toMatchObject({ picture: { row: 12 } });
});

it("sends an uploaded picture, and says why one cannot be read", async () => {
  open(`?row=4&edit=${edit}`);
  await answered(1);
  const choose = (file: File) => fireEvent.change(screen.getByLabelText("Picture file"), { target: { files: [file] } });
  choose(new File([new Uint8Array(mostPictureBytes + 1)], "large.png"));
  await screen.findByText(/large\.png is larger than 2\.5 MB/);
  choose(new File([new Uint8Array([1, 2, 255])], "own.png"));
  const { body } = await newest(2);
  expect(body).toMatchObject({ picture: { kind: "file", name: "own.png", data: "AQL/" }, edits: [scaled] });
  expect(screen.queryByText(/larger than/)).toBeNull();
  await answered(2);
  await waitFor(() => expect(new URLSearchParams(window.location.search).has("row")).toBe(false));
  await screen.findByAltText("own.png, wren");
  // A row takes its place again.
  fireEvent.click(screen.getByRole("button", { name: "Row 4, wren" }));
  expect((await newest(3)).body).toMatchObject({ picture: { kind: "row", row: 4 } });
});

it("shades the patches that edits reach, and names the one that is chosen by its position", async () => {
  open(`?row=4&edit=${edit}`);
  await answered(1);
  const patches = await screen.findByRole("group", { name: /^The picture’s patches/ });
  const paths = [...patches.querySelectorAll<SVGPathElement>('svg[viewBox="0 0 3 2"] path')];
  expect(paths.map((path) => path.getAttribute("d"))).toEqual(["M1 1h1v1h-1z"]);
  expect(paths[0]?.style.fill).toMatch(/^var\(--worse-\d\)$/);
  for (const key of ["ArrowRight", "ArrowDown", "ArrowRight"]) fireEvent.keyDown(patches, { key });
  expect(document.body.textContent).toContain("position 5, patch 2, 2: 50.0 % of ‖W₀x‖");
  expect(document.body.textContent).toContain("Active at patch 2, 2");
});

it("chooses the patch that is clicked or tapped, and lets it go at a second click", async () => {
  open(`?row=4&edit=${edit}`);
  await answered(1);
  const patches = await screen.findByRole("group", { name: /^The picture’s patches/ });
  const cells = patches.querySelector('svg[viewBox="0 0 3 2"]') ?? document.body;
  vi.spyOn(cells, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 30, 20));
  const tap = (where: Element, at: object = {}) => {
    fireEvent.pointerDown(where, at);
    fireEvent.pointerLeave(where);
    fireEvent.click(where);
  };
  tap(cells, { clientX: 25, clientY: 15 });
  expect(document.body.textContent).toContain("Active at patch 2, 3");
  tap(screen.getByTitle(/^class token/));
  expect(document.body.textContent).toContain("Active at class token");
  tap(screen.getByTitle(/^class token/));
  expect(document.body.textContent).not.toContain("Active at");
  // Beside the patches.
  tap(patches);
  expect(document.body.textContent).not.toContain("Active at");
});

it("restricts an edit to positions of the picture, and knows no special tokens", async () => {
  open(`?row=4&edit=${edit}`);
  fireEvent.click(screen.getByRole("button", { name: "all patches" }));
  await screen.findByText("All patches");
  fireEvent.click(screen.getByText("From – to"));
  await waitFor(() => expect(requests.at(-1)?.body).toMatchObject({ edits: [{ ...scaled, scope: { from: 0, to: 31 } }] }));
  expect(document.body.textContent).toContain("then the patches, row by row; the first position is 0.");
  expect(screen.queryByText("Skip special tokens")).toBeNull();
});
