// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Welcome } from "@/components/welcome/welcome";
import { runsQuery } from "@/lib/client/runs";
import { sampleQuery } from "@/lib/client/sample";
import type { RunSummary } from "@/lib/contract/run";
import type { Sample } from "@/lib/contract/sample";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";
import { renderPage, testClient } from "@/tests/support/page";

const push = vi.fn();
vi.mock("next/navigation", () => ({
  useRouter: () => ({ push }),
  usePathname: () => "/",
  useSearchParams: () => new URLSearchParams(window.location.search),
}));

const { run } = runDetailFixture({ steps: 4, step: 4 });
const opened: RunSummary = { ...run, id: "s1", name: "Sample: STAN", isSample: true };
const token = (text: string, activation = 0) => ({ text, activation });
const example = { activation: 4, domain: "sea", context: 0, row: 1, position: 2, duplicates: 0 };
const row = latentRowWith({ topTokens: [{ token: " whale", count: 6, error: 0, lift: 9 }], domainCounts: [7], maxActivation: 4 });
const sample: Sample = {
  run: { name: "Sample: STAN", method: "stan", modelName: "small", dataName: "corpus" },
  latent: {
    collection: collectionWith({
      tokens: 110,
      domains: [{ name: "sea", tokens: 110 }],
      modules: [
        {
          name: row.module,
          layer: row.layer,
          projection: row.projection,
          numLatents: 7,
          dead: 0,
          alwaysOn: 0,
          colourMax: 5,
          updateNorm: null,
          frozenNorm: null,
          updateRange: null,
          meanAbsAttribution: null,
        },
      ],
    }),
    steering: {
      prompt: "Call me",
      edit: { operation: "scale", latent: { module: row.module, index: row.index }, value: 3, isOn: true, scope: "all" },
      texts: { base: " a taxi", adapter: " Ishmael", edited: " whale" },
    },
    detail: latentDetailWith({
      row,
      examples: [{ ...example, rank: 0, peak: 2, tokens: [token("a"), token(" white", 1), token(" whale", 4), token(" swims")] }],
    }),
  },
  runId: null,
};

const fetched = vi.fn<(path: string, init?: RequestInit) => Promise<Response>>();
beforeEach(() => {
  push.mockClear();
  fetched.mockReset();
  fetched.mockRejectedValue(new TypeError("away"));
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(known: Sample | null = sample) {
  const client = testClient();
  client.setQueryData(runsQuery().queryKey, { runs: [], snapshot: { next: 1, open: [] } });
  if (known !== null) client.setQueryData(sampleQuery().queryKey, known);
  renderPage(<Welcome />, client);
  return client;
}

const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const answerPost = () =>
  fetched.mockImplementation(async (_path, init) => {
    if (init?.method !== "POST") throw new TypeError("away");
    return Response.json(opened);
  });

it("shows a latent of the sample with its numbers and its tokens, coloured by activation, before anything is opened", () => {
  open();
  const panel = within(screen.getByRole("heading", { name: /A latent of the sample: L2 v_proj #3/ }).closest("section") ?? document.body);
  expect(panel.getByText("·whale", { exact: false })).toBeTruthy();
  expect(panel.getByText(/of 110 counted: 6\.4\s%/)).toBeTruthy();
  expect(panel.getAllByRole("definition").map(({ textContent }) => textContent)).toEqual([" a taxi", " Ishmael", " whale"]);
  expect(panel.getByText("scale × 3.00")).toBeTruthy();
  const line = panel.getByRole("group", { name: "Example of activation 4.00; arrow keys read its tokens" });
  expect(line.textContent).toMatch(/a white.*whale.*swims/);
  fireEvent.keyDown(line, { key: "ArrowLeft" });
  expect(line.textContent).toContain("1.00");
  expect(fetched).not.toHaveBeenCalled();
});

it("opens the sample in one click and goes to its run, the demonstration beside it", async () => {
  const client = open();
  answerPost();
  expect(screen.getByRole("button", { name: "Start the demonstration" })).toBeTruthy();
  expect(screen.getByText(/six domains of text.*which is downloaded first/)).toBeTruthy();
  press("Open the sample");
  await waitFor(() => expect(push).toHaveBeenCalledWith("/runs/s1"));
  expect(fetched).toHaveBeenCalledWith("/api/sample", expect.objectContaining({ method: "POST" }));
  expect(client.getQueryData(runsQuery().queryKey)?.runs.map(({ id }) => id)).toEqual(["s1"]);
});

it("has one primary button; a larger model and a run of one's own are links", async () => {
  open();
  expect([...document.querySelectorAll(".primary")].map(({ textContent }) => textContent)).toEqual(["Open the sample"]);
  expect(screen.getByRole("link", { name: "Train on your own data" }).getAttribute("href")).toBe("/runs/new");
  press("train over SmolLM2-135M");
  await waitFor(() => expect(fetched).toHaveBeenCalledWith("/api/demonstration", expect.objectContaining({ method: "POST" })));
  expect(String(fetched.mock.lastCall?.[1]?.body)).toContain("smollm2");
});

it("leads to the latent's page, and to Steer with the prompt and the edit that it shows", async () => {
  open();
  answerPost();
  press("Read it");
  await waitFor(() => expect(push).toHaveBeenLastCalledWith("/runs/s1/latents/model.layers.2.self_attn.v_proj/3"));
  press("Steer it");
  const steer = `/runs/s1/steer?edit=${encodeURIComponent("scale*model.layers.2.self_attn.v_proj*3*3*all").replaceAll("%20", "+")}&prompt=Call+me`;
  await waitFor(() => expect(decodeURIComponent(push.mock.lastCall?.[0])).toBe(decodeURIComponent(steer)));
});

it("says what went wrong in place when the sample cannot be read or opened, and tries again", async () => {
  open(null);
  await screen.findByText("Could not load the sample");
  fetched.mockImplementation(async () => Response.json(sample));
  press("Try again");
  await screen.findByRole("heading", { name: /A latent of the sample/ });
  fetched.mockImplementation(async () =>
    Response.json({ error: { code: "unavailable", message: "/data: the disk is full" } }, { status: 503 }),
  );
  press("Open the sample");
  await screen.findByText("Could not open the sample");
  expect(screen.getByText("/data: the disk is full")).toBeTruthy();
  expect(push).not.toHaveBeenCalled();
});
