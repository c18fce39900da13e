// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RunsPage } from "@/components/runs/runs-page";
import { jobsQuery } from "@/lib/client/jobs";
import { runsQuery } from "@/lib/client/runs";
import { statusQuery } from "@/lib/client/status";
import type { RunSummary } from "@/lib/contract/run";
import { renderPage, testClient } from "@/tests/support/page";
import { runDetailFixture } from "./run-detail-fixture";

const push = vi.fn();
vi.mock("next/navigation", () => ({
  useRouter: () => ({ push }),
  usePathname: () => "/",
  useSearchParams: () => new URLSearchParams(window.location.search),
}));

const { run } = runDetailFixture({ steps: 10, step: 2 });
const stan: RunSummary = { ...run, id: "s", name: "stan one", createdAt: "2026-01-03T00:00:00.000Z" };
const lora: RunSummary = { ...run, id: "l", name: "lora one", method: "lora", dataName: "letters", createdAt: "2026-01-02T00:00:00.000Z" };
const later: RunSummary = { ...run, id: "t", name: "stan two", createdAt: "2026-01-01T00:00:00.000Z" };

beforeEach(() => {
  push.mockClear();
  window.history.replaceState(null, "", "/");
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("away");
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(runs: readonly RunSummary[] = [stan, lora, later]) {
  const client = testClient();
  const snapshot = { next: 1, open: [] };
  client.setQueryData(runsQuery().queryKey, { runs: [...runs], snapshot });
  client.setQueryData(jobsQuery().queryKey, { tasks: [], snapshot });
  client.setQueryData(statusQuery().queryKey, { version: "0", dataFolder: "/data", workers: [], notices: [], demonstration: "absent" });
  renderPage(<RunsPage />, client);
}

const table = () => screen.getByRole("table");
const shown = () => [...document.querySelectorAll("tr[data-run]")].map((row) => row.getAttribute("data-run"));
const filterField = () => screen.getByPlaceholderText("Filter by name, model, data");
const filter = (text: string) => fireEvent.change(filterField(), { target: { value: text } });
const key = (name: string) => fireEvent.keyDown(window, { key: name });

it("filters by text, by method and by dataset, and shows all again from where nothing matches", async () => {
  open();
  expect(shown()).toEqual(["s", "l", "t"]);
  filter("one");
  expect(shown()).toEqual(["s", "l"]);
  fireEvent.click(screen.getByRole("button", { name: "LoRA" }));
  expect(shown()).toEqual(["l"]);
  await waitFor(() => expect(window.location.search).toBe("?q=one&method=lora"));
  filter("two");
  expect(screen.getByText("No runs match the filter")).toBeTruthy();
  expect(screen.getByText("Filter: “two”, method LoRA.")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Show all 3 runs" }));
  expect(shown()).toEqual(["s", "l", "t"]);
  fireEvent.change(screen.getByLabelText("Dataset"), { target: { value: "letters" } });
  expect(shown()).toEqual(["l"]);
});

it("sorts by a column, and the other way round at the second press", () => {
  open();
  const name = () => within(table()).getByRole("columnheader", { name: /^Run/ });
  fireEvent.click(within(name()).getByRole("button"));
  const first = shown();
  expect(name().getAttribute("aria-sort")).toMatch(/ascending|descending/);
  fireEvent.click(within(name()).getByRole("button"));
  expect(shown()).toEqual(first.toReversed());
});

it("is walked with the keyboard: open, pick, compare, search and a new run", () => {
  open();
  key("j");
  key("j");
  key("k");
  key("Enter");
  expect(push).toHaveBeenLastCalledWith("/runs/s");
  key("x");
  expect(screen.getByText("1 run picked")).toBeTruthy();
  key("j");
  key("c");
  expect(push).toHaveBeenLastCalledWith("/compare?runs=s,l");
  key("n");
  expect(push).toHaveBeenLastCalledWith("/runs/new");
  key("/");
  expect(document.activeElement).toBe(filterField());
});

it("picks runs to compare, and clears the selection", () => {
  open();
  fireEvent.click(within(table()).getByLabelText("Select stan one to compare"));
  fireEvent.click(within(table()).getByLabelText("Select stan two to compare"));
  expect(screen.getByText("2 runs picked")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Compare" }).getAttribute("href")).toBe("/compare?runs=s,t");
  fireEvent.click(screen.getByRole("button", { name: /^Clear selection/ }));
  expect(screen.queryByText("2 runs picked")).toBeNull();
});

it("offers the demonstration before there is any run", () => {
  open([]);
  expect(screen.getByRole("button", { name: "Start the demonstration" })).toBeTruthy();
  expect(screen.queryByRole("table")).toBeNull();
});

it("offers the demonstration above the list while only the sample is in it", () => {
  const sample = { ...stan, name: "Sample: STAN", isSample: true };
  open([sample]);
  expect(shown()).toEqual(["s"]);
  expect(screen.getByRole("heading", { name: "Train your own" })).toBeTruthy();
  expect(screen.getByText(/which is downloaded first \(about 270\sMB\)/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Start the demonstration" })).toBeTruthy();
  cleanup();
  open([sample, later]);
  expect(screen.queryByRole("button", { name: "Start the demonstration" })).toBeNull();
});

it("leads from a finished demonstration to its latents by the one primary button, without the bars of its stages", () => {
  const collection = { id: "c", status: "finished", positionKind: "token", tokens: 7, maxTokens: 7 } as const;
  const done = { status: "finished", step: 10, collection, group: "demonstration" } as const;
  const runs: readonly RunSummary[] = [
    { ...stan, ...done },
    { ...lora, ...done },
  ];
  open(runs);
  expect(screen.getByText("The demonstration is ready")).toBeTruthy();
  expect(screen.queryAllByRole("progressbar")).toEqual([]);
  expect([...document.querySelectorAll(".primary")].map(({ textContent }) => textContent)).toEqual(["Browse latents"]);
  cleanup();
  open(runs.map((run) => (run.method === "lora" ? { ...run, status: "running" } : run)));
  expect(screen.getAllByRole("progressbar").length).toBeGreaterThan(0);
});
