// @vitest-environment happy-dom
import { cleanup, screen, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { LatentScreen } from "@/components/latent/latent-screen";
import { runRecordQuery } from "@/lib/client/runs";
import type { LatentEffect } from "@/lib/contract/effect";
import type { LatentDetail } from "@/lib/contract/latent";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";
import { renderPage, testClient } from "@/tests/support/page";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ replace: () => {}, push: () => {} }),
  useSearchParams: () => new URLSearchParams(window.location.search),
}));

const name = "model.layers.2.self_attn.v_proj";
const collection = collectionWith({
  modules: [
    {
      ...{ name, layer: 2, projection: "v_proj", numLatents: 4, dead: 0, alwaysOn: 4, colourMax: 5, effectiveRank: 2.5 },
      ...{ updateNorm: null, frozenNorm: null, updateRange: null, meanAbsAttribution: null },
    },
  ],
});
const token = (text: string) => ({ token: text, count: 8, error: 0, lift: 5 });
const counts = (bin: number, count: number) => Array.from({ length: 64 }, (_, at) => (at === bin ? count : 0));
const example = (activation: number, row: number) => ({
  ...{ rank: 0, activation, domain: null, row, position: 7, context: row, peak: 0, duplicates: 0 },
  tokens: [{ text: activation > 0 ? "high" : "low", activation }],
});
const row = latentRowWith({
  ...{ module: name, index: 3, fireCount: 110, density: 1, rowShare: 1, meanActivation: 0.5, meanSquare: 1, outputShare: 0.25 },
  ...{ maxActivation: 2.5, minActivation: -2.5, weightNorm: 0.75, topTokens: [token(" constant")], domainCounts: [55, 55] },
  positiveTail: { positions: 32, tokens: [token(" cups")] },
  negativeTail: { positions: 32, tokens: [token(" law")] },
});
const dense = latentDetailWith({
  row,
  numLatents: 4,
  histogram: { positive: counts(34, 66), negative: counts(34, 44) },
  examples: [example(2.5, 1), example(-2.5, 2)],
  domains: [
    { name: "sea", fireCount: 55, tokens: 55 },
    { name: "land", fireCount: 55, tokens: 55 },
  ],
  spectrum: { singularValues: [2, 1], shares: [0.5, 0.25] },
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function draw(detail: LatentDetail) {
  vi.stubGlobal("scrollTo", vi.fn());
  vi.stubGlobal(
    "fetch",
    vi.fn(async (path: string) => {
      if (path.startsWith("/api/runs/r/collections")) return Response.json({ collections: [collection] });
      if (path.includes("/latents/")) return Response.json(detail);
      return Response.json({ error: { code: "not_found", message: "not there" } }, { status: 404 });
    }),
  );
  const fixture = runDetailFixture({ steps: 3, step: 3 });
  const client = testClient();
  client.setQueryData(runRecordQuery("r").queryKey, { ...recordOf(fixture), run: { ...fixture.run, id: "r", method: "lora" } });
  renderPage(<LatentScreen home={{ kind: "run", runId: "r" }} module={name} index={3} />, client);
  await screen.findByText("Examples");
}

it("shows a LoRA component by its signed activations, both tails and its place among the singular values", async () => {
  await draw(dense);
  const main = within(screen.getByRole("main"));
  expect(main.getByText("Mean activation").parentElement?.textContent).toBe(
    "Mean activation0.500 SD 0.866positive at 60\u202f% of 110 tokens",
  );
  expect(main.getByText("Weight norm").parentElement?.textContent).toContain(
    "0.750module’s largest singular value 2.00; effective rank 2.50 of 4",
  );
  expect(main.getByRole("heading", { name: "Activations by sign" })).toBeTruthy();
  expect(main.getByRole("heading", { name: "Singular values" })).toBeTruthy();
  expect(main.getByRole("heading", { name: /^1 highest, positive tail/ })).toBeTruthy();
  expect(main.getByRole("heading", { name: /^1 lowest, negative tail/ })).toBeTruthy();
  const panel = (title: string) => screen.getByRole("heading", { name: title }).closest("section")?.textContent;
  expect(panel("Positive tail")).toContain("cups");
  expect(panel("Negative tail")).toContain("law");
  expect(screen.getAllByTitle("8 of the tail’s 32 tokens; 5.00 times its share of all tokens")).toHaveLength(2);
  expect(screen.getByRole("heading", { name: "Negative tail" }).closest("section")?.innerHTML).toContain("var(--neg-mark)");
});

it("counts where it is positive among all counted tokens, also where it was 0 at some", async () => {
  await draw({ ...dense, tokens: 132 });
  expect(screen.getByText("Mean activation").parentElement?.textContent).toContain("positive at 50\u202f% of 132 tokens");
});

it("leaves out what is the same for every component: firings, top and next tokens, domains, co-firing", async () => {
  await draw(dense);
  for (const title of ["Top tokens", "Next tokens", "By domain", "During training"]) {
    expect(screen.queryByRole("heading", { name: title }), title).toBeNull();
  }
  expect(screen.queryByText("Firings")).toBeNull();
  expect(screen.queryByText("constant")).toBeNull();
  expect(screen.queryByText("Share of rows")).toBeNull();
  expect(screen.queryByRole("button", { name: "Fires with" })).toBeNull();
});

it("gives measured effects per position", async () => {
  const change = { delta: 0.002, halfWidth: 0.0005, labelTokens: 1100, firings: 121 };
  const effect: LatentEffect = {
    ...{ ...change, perFiring: 0.0182, perFiringHalfWidth: 0.0041, rows: 31, controls: [], writes: null },
    operation: "ablatePost",
    byDomain: ["sea", "land"].map((domain) => ({ ...change, domain })),
  };
  await draw({ ...dense, effects: [effect] });
  expect(screen.getByText("Per position")).toBeTruthy();
  expect(screen.queryByText(/per firing/i)).toBeNull();
});

it("asks to collect again where an earlier version collected no tails", async () => {
  await draw({ ...dense, row: { ...row, positiveTail: null, negativeTail: null, weightNorm: null }, spectrum: null });
  expect(screen.getAllByText("Collected by an earlier version. Collect again to see this tail.")).toHaveLength(2);
  expect(screen.getByText(/Collect again to see the singular values/)).toBeTruthy();
  expect(screen.getByText("collect again to see it")).toBeTruthy();
});
