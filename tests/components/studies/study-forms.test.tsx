// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BulkForm } from "@/components/studies/bulk/bulk-form";
import { DoseForm } from "@/components/studies/dose/dose-form";
import type { StudyHome } from "@/components/studies/study-home";
import { writeDraft } from "@/components/ui/drafts";
import type { Edit } from "@/lib/contract/edit";
import { smallCollection } from "@/tests/components/latent-table/small-collection";
import { pageOver, renderPage, testClient } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const places = { isOn: true, scope: "all" } as const;
const first: Edit = { operation: "scale", value: 2, latent: { module: "m", index: 3 }, ...places };
const second: Edit = { operation: "ablatePost", latent: { module: "m", index: 5 }, ...places };
const home: StudyHome = {
  runId: "r",
  collection: null,
  method: "stan",
  edits: [first, second],
  onEdits: () => undefined,
  prompt: "Once",
  useChatTemplate: false,
};
const onStarted = vi.fn();
let studies: { study: Record<string, unknown> }[];
let refusal: { field: string; message: string } | null;

beforeEach(() => {
  sessionStorage.clear();
  for (const name of ["dose", "bulk"]) for (const place of [`${name}/1`, `typed/${name}/1`]) writeDraft(place, undefined);
  onStarted.mockClear();
  studies = [];
  refusal = null;
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    if (!path.endsWith("/studies") || init?.method !== "POST")
      return Response.json({ error: { code: "unavailable", message: "away" } }, { status: 503 });
    studies.push(JSON.parse(String(init.body)));
    if (refusal !== null) return Response.json({ error: { code: "invalid", ...refusal } }, { status: 400 });
    return Response.json({ id: "new", runId: "r", name: "", kind: "dose", createdAt: "2026-01-01T00:00:00.000Z", task: null });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const start = () => fireEvent.click(screen.getByRole("button", { name: "Start" }));
const choose = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

it("a dose sends its values, prompts and settings, and values start over where an operation reads them otherwise", async () => {
  renderPage(<DoseForm home={home} draftName="dose/1" from={null} onStarted={onStarted} />);
  choose("Operation", "scale");
  const factors = textIn("Factors");
  typeInto("Factors", "0, 2");
  choose("Operation", "add");
  typeInto("Values", "0, 1.5");
  choose("Operation", "clamp");
  expect(textIn("Values")).toBe("0, 1.5");
  choose("Operation", "scale");
  expect(textIn("Factors")).toBe(factors);
  typeInto("Factors", "0, 2");
  fireEvent.click(screen.getByRole("button", { name: "Several" }));
  typeInto("One prompt per line", "And Moses\nA shop");
  typeInto("Random latents", "3");
  start();
  await waitFor(() => expect(studies).toHaveLength(1));
  expect(studies[0]?.study).toMatchObject({
    kind: "dose",
    latent: { module: "m", index: 3 },
    operation: "scale",
    values: [0, 2],
    controls: 3,
    prompts: { texts: ["And Moses", "A shop"] },
  });
});

it("a dose follows the page to its first edited latent", () => {
  const client = testClient();
  const formWith = (edits: readonly Edit[]) => (
    <DoseForm home={{ ...home, collection: smallCollection, edits }} draftName="dose/1" from={null} onStarted={onStarted} />
  );
  const finder = "Find the latent to study by token, label or name";
  const { rerender } = renderPage(formWith([]), client);
  expect(screen.queryByLabelText(finder)).not.toBeNull();
  rerender(pageOver(client, formWith([first])));
  expect(screen.getByLabelText<HTMLSelectElement>("Latent").selectedOptions[0]?.textContent).toContain("#3");
  expect(screen.queryByLabelText(finder)).toBeNull();
});

it("a dose offers multiples of a quantile before its latent is chosen, and raw values where nothing was collected", () => {
  renderPage(<DoseForm home={{ ...home, collection: smallCollection, edits: [] }} draftName="dose/1" from={null} onStarted={onStarted} />);
  expect(screen.getByLabelText<HTMLSelectElement>("In").selectedOptions[0]?.textContent).toBe("× p99");
  cleanup();
  renderPage(<DoseForm home={home} draftName="dose/1" from={null} onStarted={onStarted} />);
  expect(screen.getByLabelText<HTMLSelectElement>("In").selectedOptions[0]?.textContent).toBe("raw");
});

it("a dose folds on a phone what it reads under a line that says it", () => {
  renderPage(<DoseForm home={home} draftName="dose/1" from={null} onStarted={onStarted} />);
  const fold = screen.getByLabelText("Random latents").closest("details");
  const line = () => fold?.querySelector("summary")?.textContent;
  expect([fold?.open, fold?.contains(screen.getByLabelText("Values"))]).toEqual([false, false]);
  expect(line()).toBe("32 held-out rows, continued by 32 tokens; 8 random latents");
  typeInto("Random latents", "3");
  fireEvent.click(screen.getByRole("button", { name: "This prompt" }));
  expect(line()).toBe("This prompt, continued by 32 tokens; 3 random latents");
});

it("a dose says what is wrong with its values, and starts nothing until they are right", () => {
  renderPage(<DoseForm home={home} draftName="dose/1" from={null} onStarted={onStarted} />);
  choose("Operation", "scale");
  typeInto("Factors", "much");
  expect(screen.getByLabelText("Factors").getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Start" }).disabled).toBe(true);
  typeInto("Factors", "0, 1");
  expect(screen.getByLabelText("Factors").getAttribute("aria-invalid")).toBe("false");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Start" }).disabled).toBe(false);
});

it("a dose whose latent cannot be read says so in place, and sends no multiples of its quantiles as raw values", async () => {
  renderPage(<DoseForm home={{ ...home, collection: smallCollection }} draftName="dose/1" from={null} onStarted={onStarted} />);
  expect((await screen.findByRole("alert")).textContent).toContain("Could not load this latent’s statistics: away");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Start" }).disabled).toBe(true);
});

it("many latents are those of the list, or so many by an order", async () => {
  renderPage(<BulkForm home={home} draftName="bulk/1" from={null} onStarted={onStarted} />);
  choose("Latents", "listed");
  expect(screen.queryByLabelText("How many")).toBeNull();
  start();
  await waitFor(() => expect(studies).toHaveLength(1));
  choose("Latents", "firing");
  typeInto("How many", "7");
  start();
  await waitFor(() => expect(studies).toHaveLength(2));
  expect(studies.map(({ study }) => study["latents"])).toEqual([
    [
      { module: "m", index: 3 },
      { module: "m", index: 5 },
    ],
    { by: "firing", count: 7 },
  ]);
});

it("a refusal stands at its field, and what was chosen stays", async () => {
  refusal = { field: "latents.count", message: "Fewer." };
  renderPage(<BulkForm home={home} draftName="bulk/1" from={null} onStarted={onStarted} />);
  choose("Latents", "firing");
  typeInto("How many", "7");
  start();
  await waitFor(() => expect(screen.getByLabelText("How many").getAttribute("aria-invalid")).toBe("true"));
  expect([textIn("How many"), onStarted.mock.calls.length]).toEqual(["7", 0]);
  expect(screen.getByText("Could not start the study")).toBeTruthy();
});
