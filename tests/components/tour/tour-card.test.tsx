// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setTourStep } from "@/components/shell/tour-state";
import { TourCard } from "@/components/tour/tour-card";
import { runsQuery } from "@/lib/client/runs";
import type { LatentPage } from "@/lib/contract/latent";
import type { RunSummary } from "@/lib/contract/run";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { latentRowWith } from "@/tests/support/latent-detail";
import { pageOver, renderPage, testClient } from "@/tests/support/page";

const at = vi.hoisted(() => ({ path: "/", push: vi.fn() }));
vi.mock("next/navigation", () => ({ useRouter: () => ({ push: at.push }), usePathname: () => at.path }));

const { run } = runDetailFixture({ steps: 10, step: 10 });
const collection = { id: "c", status: "finished", positionKind: "token", tokens: 9, maxTokens: 9 } as const;
const demonstration: RunSummary[] = [
  { ...run, id: "s", method: "stan", group: "demonstration", collection },
  { ...run, id: "l", method: "lora", group: "demonstration", collection },
];
const row = latentRowWith();

beforeEach(() => {
  localStorage.clear();
  at.path = "/";
  at.push.mockClear();
  const page: LatentPage = { rows: [row], total: 1, totalUnfiltered: 1, folded: [], totalFolded: 0 };
  vi.stubGlobal("fetch", async () => Response.json(page));
});
afterEach(() => {
  cleanup();
  act(() => setTourStep(null));
  vi.unstubAllGlobals();
});

function open(runs: RunSummary[] = demonstration) {
  const client = testClient();
  client.setQueryData(runsQuery().queryKey, { runs, snapshot: { next: 1, open: [] } });
  const { rerender } = renderPage(<TourCard />, client);
  return (path: string) => {
    at.path = path;
    rerender(pageOver(client, <TourCard />));
  };
}
const card = () => screen.queryByRole("complementary", { name: "Tour" });
const press = async (name: string | RegExp) => fireEvent.click(await screen.findByRole("button", { name }));
const led = () => String(at.push.mock.lastCall?.[0]);

it("leads from the run over its table and a latent to steering and comparing, and then is gone", async () => {
  const go = open();
  expect(card()).toBeNull();
  act(() => setTourStep(0));
  await press("Show");
  expect(led()).toBe("/runs/s");
  go("/runs/s");
  await press("Next: its latents");
  expect(led()).toBe("/runs/s/latents");
  go("/runs/s/latents");
  await press("Next: one latent");
  const latent = `/runs/s/latents/${row.module}/${row.index}`;
  expect(led()).toBe(latent);
  go(latent);
  await press("Next: steer");
  expect(led()).toMatch(/^\/runs\/s\/steer.*add=/);
  go("/runs/s/steer");
  await press("Next: compare");
  expect(led()).toBe("/compare?runs=s,l");
  go("/compare");
  await screen.findByText("step 5 of 5");
  await press("Finish");
  expect(card()).toBeNull();
});

it("is kept by the browser, names the step on other pages, and is left at any time", async () => {
  setTourStep(2);
  const go = open();
  await screen.findByText("step 3 of 5");
  go("/jobs");
  expect(await screen.findByRole("button", { name: "Show" })).toBeTruthy();
  await press("Leave the tour");
  expect(card()).toBeNull();
  expect(localStorage.getItem("stanscope-tour")).toBeNull();
});

it("says what it needs where the demonstration's runs are gone", async () => {
  setTourStep(0);
  open([]);
  await screen.findByText("The tour needs the demonstration’s two runs.");
  await press("Leave");
  expect(card()).toBeNull();
});

it("says why it cannot begin, and begins once it can", async () => {
  const answer = globalThis.fetch;
  vi.stubGlobal("fetch", async () => Response.json({ error: { code: "internal", message: "The disk is full." } }, { status: 500 }));
  setTourStep(0);
  open();
  await screen.findByText(/Could not prepare the tour: The disk is full\./);
  vi.stubGlobal("fetch", answer);
  await press("Try again");
  await screen.findByText("step 1 of 5");
});
