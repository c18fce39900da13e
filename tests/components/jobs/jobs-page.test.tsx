// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { JobsPage } from "@/components/jobs/jobs-page";
import type { WorkItem } from "@/lib/contract/work";
import { renderPage } from "@/tests/support/page";

beforeEach(() => window.history.replaceState(null, "", "/jobs"));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const item = (id: string, more: Partial<WorkItem>): WorkItem => ({
  id,
  kind: "training",
  job: null,
  subject: id,
  state: "finished",
  message: "",
  error: null,
  done: 5,
  total: 5,
  unit: "steps",
  secondsLeft: null,
  createdAt: "2030-01-02T03:04:05.000Z",
  startedAt: "2030-01-02T03:04:05.000Z",
  endedAt: "2030-01-02T03:06:05.000Z",
  seconds: 120,
  runId: "r1",
  studyId: null,
  ...more,
});
const work = [
  item("Effects of 50 latents", {
    kind: "measurement",
    job: "measureEffects",
    state: "running",
    done: 120,
    total: 4800,
    unit: "passes",
    secondsLeft: 90,
    seconds: null,
    endedAt: null,
  }),
  item("a run", {}),
  item("a dose", { kind: "study", job: "study", studyId: "s1", state: "failed", error: "the study was removed" }),
];

/** Answers every request; those for work are kept, with their queries. */
function serve({ total = work.length, failing = "" } = {}): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    asked.push(`${init?.method ?? "GET"} ${path}`);
    if (path.startsWith("/api/work") && failing === "") {
      return Response.json({ work, total, open: 1, snapshot: { next: 1, open: [] } });
    }
    if (path === "/api/models") return Response.json({ models: [] });
    return Response.json({ error: { code: "internal", message: "broken here" } }, { status: 500 });
  });
  return asked;
}

it("says that the jobs and the workers cannot be read, each in its place", async () => {
  serve({ failing: "/api/work" });
  renderPage(<JobsPage />);
  expect(await screen.findByText("Could not load the jobs")).toBeTruthy();
  expect(await screen.findByText("Could not load the workers")).toBeTruthy();
  expect(screen.getAllByRole("button", { name: "Try again" })).toHaveLength(2);
});

it("lists all work in one table, with its link, its duration and why it failed", async () => {
  serve();
  renderPage(<JobsPage />);
  const table = await screen.findByRole("table", { name: "Work" });
  const rows = within(table).getAllByRole("row").slice(1);
  const cells = (place: number) => rows.map((row) => within(row).getAllByRole("cell")[place]);
  // A card's head on a narrow screen is its first cell, which has no label.
  expect(cells(0).map((cell) => [cell?.textContent, cell?.dataset["label"]])).toEqual(work.map(({ id }) => [id, undefined]));
  expect(cells(1).map((cell) => cell?.textContent)).toEqual(["Measurement", "Training", "Study"]);
  expect(cells(2).map((cell) => cell?.dataset["label"])).toEqual(["State", "State", "State"]);
  expect(cells(3).map((cell) => cell?.dataset["label"])).toEqual(["Duration", "Duration", "Duration"]);
  expect(within(table).getByText(/120 of 4.800 passes · 1.min.30.s left/)).toBeTruthy();
  expect(within(table).getByRole("link", { name: "a run" }).getAttribute("href")).toBe("/runs/r1");
  expect(within(table).getByRole("link", { name: "a dose" }).getAttribute("href")).toBe("/runs/r1/steer?study=s1");
  expect(within(table).getByText("the study was removed")).toBeTruthy();
});

it("filters and pages by its address", async () => {
  const asked = serve({ total: 60 });
  renderPage(<JobsPage />);
  fireEvent.change(await screen.findByRole("combobox", { name: "Kind" }), { target: { value: "study" } });
  fireEvent.click(screen.getByRole("button", { name: "Failed" }));
  await waitFor(() => expect(asked).toContain("GET /api/work?kind=study&state=failed&limit=25"));
  fireEvent.click(await screen.findByRole("button", { name: "Next" }));
  await waitFor(() => expect(asked).toContain("GET /api/work?kind=study&state=failed&offset=25&limit=25"));
  expect(window.location.search).toBe("?kind=study&state=failed&page=2");
});

it("cancels a collection from its row, once that is confirmed", async () => {
  const collecting = item("c1", { kind: "collection", state: "running", subject: "a run", endedAt: null, unit: "tokens" });
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    asked.push(`${init?.method ?? "GET"} ${path}`);
    if (path.startsWith("/api/work")) return Response.json({ work: [collecting], total: 1, open: 1, snapshot: { next: 1, open: [] } });
    if (init?.method !== "POST") return Response.json({ error: { code: "internal", message: "broken here" } }, { status: 500 });
    return Response.json({ error: { code: "conflict", message: "The collection has ended already." } }, { status: 409 });
  });
  renderPage(<JobsPage />);
  fireEvent.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(screen.getByText("Cancel and discard the counts so far?")).toBeTruthy();
  expect(asked.filter((one) => one.startsWith("POST"))).toEqual([]);
  fireEvent.click(screen.getByRole("button", { name: "Cancel collection" }));
  expect((await screen.findByText("The collection has ended already.")).getAttribute("role")).toBe("alert");
  expect(asked).toContain("POST /api/collections/c1/cancel");
});

it("cancels a job from its row", async () => {
  const asked = serve();
  renderPage(<JobsPage />);
  fireEvent.click(await screen.findByRole("button", { name: "Cancel Effects of 50 latents" }));
  await waitFor(() => expect(asked).toContain("POST /api/tasks/Effects%20of%2050%20latents/cancel"));
  const [line] = within(screen.getByRole("table", { name: "Work" }))
    .getAllByRole("row")
    .slice(1);
  expect(await within(line ?? expect.fail("no line")).findByText("broken here")).toBeTruthy();
});
