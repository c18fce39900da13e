// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ComparePage } from "@/components/compare/compare-page";
import { runsQuery } from "@/lib/client/runs";
import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import type { ComparedItem, ComparedItems, ComparedSide, Comparison, ComparisonScorecard } from "@/lib/contract/comparison";
import type { MatchedBudgets } from "@/lib/contract/matched-budgets";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage, testClient } from "@/tests/support/page";
import { typeInto } from "@/tests/support/typed-field";
import { cost, run, side } from "./compared-side";
import { line } from "./score-line";

const { run: listed, snapshot } = runDetailFixture({ steps: 3, step: 3 });
const stan = side({ name: "stan-m7", runs: [evaluated("a", 2)] });
const lora = side({
  name: "lora-r3",
  method: "lora",
  numLatents: null,
  k: null,
  runs: [{ ...evaluated("b", 2.2), cost: { ...cost, trainableParameters: 300 } }],
});
const wider = side({ name: "stan-m11", numLatents: 11, runs: [evaluated("c", 1.9)] });

function evaluated(id: string, loss: number) {
  return run(
    [
      [0, 3],
      [4, loss],
    ],
    { id },
  );
}

const measured: ComparisonScorecard = {
  lines: [line()],
  pairs: [{ first: "a", second: "b" }],
  scores: [],
  domains: [],
  missing: [],
  measurable: ["a", "b"],
  suggested: [],
  correctedFor: 1,
};
const budgets: MatchedBudgets = {
  tolerance: 0.02,
  budgets: [
    {
      mode: "parameters",
      values: [800, 300],
      fits: [],
      suggestion: { side: 1, matches: 0, runId: "b", setting: "rank", value: 8 },
    },
    { mode: "activeParameters", values: [200, 200], fits: [1], suggestion: null },
  ],
};
const asked = addBenchmarkRequest.parse({
  name: "sums",
  rows: { dataSetId: "d", mapping: { kind: "text", text: "text" } },
  task: { kind: "classification" },
});
const item: ComparedItem = {
  row: 17,
  domain: null,
  text: "two and two",
  reference: "four",
  labelTokens: 1,
  first: { loss: 0.5, rightShare: 1, answer: "four" },
  second: { loss: 1.25, rightShare: 0, answer: "five" },
  difference: -0.75,
};
const items: ComparedItems = {
  benchmark: { ...asked, id: "b", dataName: "rows", numRows: 211, rowsHash: "h", domains: [], createdAt: "2026-01-01" },
  items: [item],
  total: 1,
  counts: { all: 211, firstOnly: 13, secondOnly: 5, differ: 18 },
};

/** What the server answers by path; what has no answer fails. */
let answers: Record<string, unknown>;
/** Addresses that were read, and what was sent, newest last. */
let read: URL[];
let sent: { path: string; body: unknown }[];

beforeEach(() => {
  sessionStorage.clear();
  window.history.replaceState(null, "", "/compare?runs=a,b");
  answers = {
    "/api/compare": comparisonOf(stan, lora),
    "/api/compare/scorecard": measured,
    "/api/compare/budgets": budgets,
    "/api/compare/latents": { first: null, second: null, remarks: [] },
    "/api/compare/items": items,
    "/api/runs": { runs: [], snapshot },
  };
  read = [];
  sent = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    const url = new URL(path, window.location.origin);
    if (init?.method === "POST") sent.push({ path, body: JSON.parse(String(init.body)) });
    else read.push(url);
    const answer = answers[url.pathname];
    return answer === undefined
      ? Response.json({ error: { code: "internal", message: "It broke." } }, { status: 500 })
      : Response.json(answer);
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function comparisonOf(...sides: ComparedSide[]): Comparison {
  return {
    sides,
    settings: [{ path: "adapter.method", values: sides.map(({ method }) => method) }],
    sameSettings: 12,
    remarks: ["Both sides have one seed."],
  };
}

const lastRead = (path: string) => read.findLast(({ pathname }) => pathname === path)?.searchParams;
const inAddress = (name: string) => new URLSearchParams(window.location.search).get(name);
const panel = (name: string) => {
  const section = screen.getByRole("heading", { name }).closest("section");
  if (section === null) throw new Error(`${name} is not the heading of a panel`);
  return within(section);
};

it("asks for two runs first, and compares once a second is added", async () => {
  window.history.replaceState(null, "", "/compare?runs=a");
  const client = testClient();
  client.setQueryData(runsQuery().queryKey, { runs: ["a", "b"].map((id) => ({ ...listed, id, name: `run ${id}` })), snapshot });
  renderPage(<ComparePage />, client);
  expect(screen.getByRole("heading", { name: "Select two runs" })).toBeTruthy();
  expect(read).toEqual([]);
  const add = within(screen.getByLabelText("Add a run"));
  expect(add.getAllByRole("option").map(({ textContent }) => textContent)).toEqual(["Add a run", "run b"]);
  fireEvent.change(screen.getByLabelText("Add a run"), { target: { value: "b" } });
  expect(await screen.findByRole("heading", { name: "Differences" })).toBeTruthy();
  expect(lastRead("/api/compare")?.get("runs")).toBe("a,b");
  await waitFor(() => expect(inAddress("runs")).toBe("a,b"));
});

it("says which side is better, at which budget, and which settings and costs differ", async () => {
  renderPage(<ComparePage />);
  const verdict = within(await screen.findByRole("region", { name: "Verdict" }));
  expect((await verdict.findByText("0.032 nats")).closest("p")?.textContent?.replace(/\s/g, " ")).toBe(
    "stan-m7 is 0.032 nats lower in loss than lora-r3 on sums (95 % CI 0.021 to 0.043, paired over 211 rows and 2 seeds).",
  );
  expect(await screen.findByText(/^Equal active parameters within 2.%: 200 and 200\.$/)).toBeTruthy();
  expect(screen.getByText("Both sides have one seed.")).toBeTruthy();
  const differences = panel("Differences");
  expect(differences.getByRole("row", { name: /^Method STAN LoRA$/ })).toBeTruthy();
  expect(differences.getByRole("row", { name: /800 300$/ })).toBeTruthy();
  expect(differences.getByText("12 settings the same")).toBeTruthy();
  expect(await panel("Not measured yet").findByText(/Neither side has latent statistics yet/)).toBeTruthy();
});

it("leaves out of dense components what is said of firings, and lays domains over the whole width while nothing stands beside them", async () => {
  const spread = { low: 0.001, median: 0.006, high: 0.02, count: 7 };
  const ofLatents = { tokens: 900, numLatents: 7, fired: 7, effect: spread, outputShare: spread, stability: null };
  const latentsOf = (runId: string, each: typeof spread) => ({
    ...ofLatents,
    ...{ runId, collectionId: "c", positionKind: "token", density: each, selectivity: each },
  });
  answers["/api/compare/latents"] = {
    first: latentsOf("a", spread),
    second: latentsOf("b", { low: 1, median: 1, high: 1, count: 7 }),
    remarks: [],
  };
  const metric = { label: "loss", better: "lower", unit: "nats" };
  const scores = { benchmarkId: "b", name: "rows", isAcross: false, metric, against: "baseModel", domains: ["x", "y"], sides: [] };
  answers["/api/compare/scorecard"] = { ...measured, domains: [scores] };
  renderPage(<ComparePage />);
  await screen.findByText(/every component is active at every token/);
  const cellsOf = (name: RegExp) =>
    [...panel("Latents vs. rank components").getByRole("row", { name }).querySelectorAll("td")].map((cell) => cell.textContent);
  expect(cellsOf(/^Density/)).toEqual(["0.6\u202f% (0.1\u202f%–2\u202f%)", "dense"]);
  expect(cellsOf(/^Selectivity/)[1]).toBe("dense");
  expect(cellsOf(/^Effect/)[1]).not.toBe("dense");
  expect(screen.getByRole("heading", { name: "Across domains" }).closest("section")?.className).toContain("c12");
});

it("says of a budget that is not equal which run would match, and keeps the choice in the address", async () => {
  renderPage(<ComparePage />);
  fireEvent.click(await screen.findByRole("button", { name: /^Parameters/ }));
  expect(await screen.findByText("The parameters are not equal: stan-m7 has 800, 2.7 times as many against 300 of lora-r3.")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Set up this run" }).getAttribute("href")).toBe("/runs/new?from=b&rank=8");
  await waitFor(() => expect(inAddress("match")).toBe("parameters"));
  fireEvent.click(panel("Evaluation loss").getByRole("button", { name: "Tokens" }));
  expect(panel("Evaluation loss").getByRole("button", { name: "Tokens", pressed: true })).toBeTruthy();
  await waitFor(() => expect(inAddress("x")).toBe("tokens"));
});

it("compares the two of several sides that are chosen", async () => {
  answers["/api/compare"] = comparisonOf(stan, lora, wider);
  renderPage(<ComparePage />);
  fireEvent.change(await screen.findByLabelText("Second side"), { target: { value: "2" } });
  await waitFor(() => expect(lastRead("/api/compare/scorecard")?.get("second")).toBe("2"));
  for (const path of ["/api/compare/budgets", "/api/compare/latents"]) expect(lastRead(path)?.get("second"), path).toBe("2");
  expect(panel("Differences").getByRole("columnheader", { name: "stan-m11" })).toBeTruthy();
  expect(panel("Differences").queryByRole("columnheader", { name: "lora-r3" })).toBeNull();
  await waitFor(() => expect(inAddress("second")).toBe("2"));
});

it("tests equivalence within the margin that is typed", async () => {
  renderPage(<ComparePage />);
  await screen.findByLabelText("Nats");
  expect(screen.queryByLabelText("Points")).toBeNull();
  typeInto("Nats", "0.05");
  await waitFor(() => expect(lastRead("/api/compare/scorecard")?.get("marginNats")).toBe("0.05"));
  await waitFor(() => expect(inAddress("nats")).toBe("0.05"));
});

it("sorts and filters the rows of a benchmark", async () => {
  renderPage(<ComparePage />);
  expect(await screen.findByRole("cell", { name: "two and two" })).toBeTruthy();
  fireEvent.click(panel("By row").getByRole("button", { name: "Difference" }));
  await waitFor(() => expect(lastRead("/api/compare/items")?.get("order")).toBe("desc"));
  fireEvent.click(panel("By row").getByRole("button", { name: "Second only 5" }));
  await waitFor(() => expect(lastRead("/api/compare/items")?.get("show")).toBe("secondOnly"));
  expect(lastRead("/api/compare/items")?.get("benchmark")).toBe("b");
});

it("measures what both sides lack, once, and says that it is being measured", async () => {
  const missing = [{ benchmarkId: "b", name: "sums", isGeneral: false, runs: ["a", "b"], isUnderway: false, jobs: [] }];
  const scorecard = (isUnderway: boolean) => ({ ...measured, lines: [], missing: missing.map((one) => ({ ...one, isUnderway })) });
  answers["/api/compare/scorecard"] = scorecard(false);
  answers["/api/benchmarks/b/results"] = { tasks: [], skipped: [] };
  renderPage(<ComparePage />);
  const measure = await screen.findByRole("button", { name: "Measure both sides" });
  expect(screen.getByText("A benchmark scores both sides on the same rows, for a paired comparison.")).toBeTruthy();
  answers["/api/compare/scorecard"] = scorecard(true);
  fireEvent.click(measure);
  expect(await screen.findByText("Measuring sums")).toBeTruthy();
  expect(sent).toEqual([{ path: "/api/benchmarks/b/results", body: { runs: ["a", "b"] } }]);
});

it("shows settings and curves where the scorecard cannot be read, no panel that needs it, and tries again", async () => {
  delete answers["/api/compare/scorecard"];
  renderPage(<ComparePage />);
  expect(await screen.findByText("Could not load the scorecard")).toBeTruthy();
  expect(screen.getByText("It broke.")).toBeTruthy();
  expect(screen.queryByRole("heading", { name: "Scorecard" })).toBeNull();
  expect(screen.getByRole("heading", { name: "Evaluation loss" })).toBeTruthy();
  for (const name of ["Score", "Across domains"]) expect(screen.queryByRole("heading", { name }), name).toBeNull();
  answers["/api/compare/scorecard"] = measured;
  fireEvent.click(within(screen.getByRole("region", { name: "Verdict" })).getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { name: "Scorecard" })).toBeTruthy();
  // Two points are not drawn.
  expect(screen.queryByRole("heading", { name: "Score" })).toBeNull();
});

it("says in place that budgets cannot be read, and tries again", async () => {
  delete answers["/api/compare/budgets"];
  renderPage(<ComparePage />);
  expect(await screen.findByText("Could not load the budgets")).toBeTruthy();
  answers["/api/compare/budgets"] = budgets;
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/^Equal active parameters within/)).toBeTruthy();
});

it("reports runs that cannot be compared, and tries again", async () => {
  const { "/api/compare": compared } = answers;
  delete answers["/api/compare"];
  renderPage(<ComparePage />);
  expect(await screen.findByText("Could not compare the runs")).toBeTruthy();
  answers["/api/compare"] = compared;
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { name: "Differences" })).toBeTruthy();
});
