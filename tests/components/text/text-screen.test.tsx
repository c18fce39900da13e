// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { steerDraftName } from "@/components/latents/steer-draft";
import { TextScreen } from "@/components/text/text-screen";
import { writeDraft } from "@/components/ui/drafts";
import { collectionsQuery } from "@/lib/client/latents";
import { modelsQuery } from "@/lib/client/models";
import type { readText } from "@/lib/client/read-text";
import { runRecordQuery } from "@/lib/client/runs";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { TextEvent } from "@/lib/contract/read-text";
import type { RunRecord } from "@/lib/contract/run";
import { model } from "@/tests/components/new-run/small-model";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentRowWith } from "@/tests/support/latent-detail";
import { pageOver, renderPage, testClient } from "@/tests/support/page";
import { Router } from "@/tests/support/router";
import { textIn, typeInto } from "@/tests/support/typed-field";
import { packed, reading } from "./readings";

/** A text that is being read: what was asked, and the way to answer. */
type Ongoing = { readonly asked: Parameters<typeof readText>; readonly end: () => void };
const ongoing: Ongoing[] = [];
vi.mock("@/lib/client/read-text", () => ({
  readText: (...asked: Parameters<typeof readText>) => new Promise<void>((end) => ongoing.push({ asked, end })),
}));

const { run, ...rest } = recordOf(runDetailFixture({ steps: 3, step: 3 }));
const finished: RunRecord = { ...rest, run: { ...run, status: "finished" } };

const tokens = [
  { id: 1, text: "And", loss: null },
  { id: 2, text: " Moses", loss: 4.5 },
  { id: 3, text: " said", loss: 1.25 },
];
/** Latents 3, 5 and 7 of a module that keeps two a token. */
const first = reading("first", 2, {
  indices: [3, 5, 3, 7, 5, 7],
  activations: [1, 2, 3, 1, 4, 0.5],
  outputShares: [0.1, 0.2, 0.3, 0.1, 0.6, 0.1],
  attributions: [0.5, 0, 0.25, 0, 0, -2],
});
const second = reading("second", 1, { indices: [11, 11, 13], activations: [1, 1, 1], outputShares: [0.9, 0.9, 0.9] });

beforeEach(() => {
  ongoing.length = 0;
  window.history.replaceState(null, "", "/runs/r/text");
  vi.stubGlobal("fetch", async () => Response.json({ rows: [] }));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const screenInRouter = (
  <Router>
    <TextScreen runId="r" />
  </Router>
);

function clientWith(record: RunRecord, collection: CollectionSummary) {
  const client = testClient();
  client.setQueryData(runRecordQuery("r").queryKey, record);
  client.setQueryData(collectionsQuery("r").queryKey, [collection]);
  client.setQueryData(modelsQuery().queryKey, [model]);
  return client;
}

function open(record = finished, collection = collectionWith()) {
  renderPage(screenInRouter, clientWith(record, collection));
}

/** The page as the server sends it, taken over in the browser. @returns the server's HTML */
function openFromServer(): string {
  const page = pageOver(clientWith(finished, collectionWith()), screenInRouter);
  const html = renderToString(page);
  const container = document.createElement("div");
  container.innerHTML = html;
  document.body.append(container);
  render(page, { container, hydrate: true });
  return html;
}

/** Sends events of the newest reading. */
function answer(...events: TextEvent[]) {
  const newest = ongoing.at(-1);
  if (newest === undefined) throw new Error("no text is being read");
  act(() => {
    for (const event of events) newest.asked[2](event);
  });
}

const begun = (modules: number): TextEvent => ({ kind: "tokens", tokens, modules, isTruncated: false });
const press = (key: string, on: Element = document.body) => fireEvent.keyDown(on, { key });
/** Latents in their ranking, by module and index, and those that shade the text. */
const rows = () => screen.getAllByTitle(/^(first|second) \d+$/);
const ranked = () => rows().map(({ title }) => title);
const shading = () => rows().flatMap((row) => (within(row).queryByRole("button", { pressed: true }) === null ? [] : [row.title]));
const read = (text: string) => {
  typeInto("Text", text);
  fireEvent.click(screen.getByRole("button", { name: "Read" }));
};

it("ranks the latents of all modules as they arrive", async () => {
  open();
  expect(screen.getByRole("heading", { name: "What fires on your text?" })).toBeTruthy();
  read("And Moses said");
  expect(ongoing.map(({ asked: [runId, request] }) => [runId, request])).toEqual([
    ["r", { text: "And Moses said", useChatTemplate: false, attribution: true, collectionId: "c" }],
  ]);
  answer(begun(2));
  expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual(
    expect.arrayContaining(tokens.map(({ text }) => text)),
  );
  expect(screen.getByText("0 of 2 modules")).toBeTruthy();
  answer(packed(first));
  await waitFor(() => expect(ranked()).toEqual(["first 5", "first 3", "first 7"]));
  answer(packed(second), { kind: "end", seconds: 0.5 });
  await waitFor(() => expect(ranked()).toEqual(["second 11", "second 13", "first 5", "first 3", "first 7"]));
  expect(screen.queryByRole("progressbar")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "attribution" }));
  await waitFor(() => expect(ranked()[0]).toBe("first 7"));
  await waitFor(() => expect(window.location.hash).toContain("by=attribution"));
});

it("arrives with its form, and reads the text of its link once the browser has told what is after the #", () => {
  const complain = vi.spyOn(console, "error").mockImplementation(() => undefined);
  onTestFinished(() => complain.mockRestore());
  window.history.replaceState(null, "", "/runs/r/text#text=And+Moses+said&span=1-1");
  const html = openFromServer();
  expect(html).toContain("What fires on your text?");
  expect(html).not.toContain("Moses");
  expect(textIn("Text")).toBe("And Moses said");
  expect(ongoing.map(({ asked: [, { text }] }) => text)).toEqual(["And Moses said"]);
  answer(begun(1), packed(first), { kind: "end", seconds: 0.5 });
  expect(screen.getByRole("heading", { name: "What fires at token 2" })).toBeTruthy();
  expect(complain).not.toHaveBeenCalled();
});

it("keeps what is typed into the page that arrived without a text", () => {
  openFromServer();
  const field = screen.getByLabelText("Text");
  read("And Moses said");
  expect(screen.getByLabelText("Text")).toBe(field);
  expect(ongoing).toHaveLength(1);
});

it("shades the text by the latent that j and k step to, but not while a person types", async () => {
  open();
  read("And Moses said");
  answer(begun(1), packed(first), { kind: "end", seconds: 0.5 });
  await waitFor(() => expect(ranked()).toHaveLength(3));
  press("j", screen.getByLabelText("Text"));
  expect(shading()).toEqual([]);
  press("j");
  expect(shading()).toEqual(["first 5"]);
  expect(document.activeElement).toBe(rowOf("first 5"));
  press("j");
  expect(shading()).toEqual(["first 3"]);
  expect(screen.getByRole<HTMLOptionElement>("option", { name: "activation of L3 v_proj #3" }).selected).toBe(true);
  press("k");
  press("k");
  expect(shading()).toEqual(["first 5"]);
});

it("ranks what fires at a chosen token, lists all that is active there, and opens again from its address", async () => {
  open();
  read("And Moses said");
  answer(begun(1), packed(first), { kind: "end", seconds: 0.5 });
  fireEvent.pointerDown(screen.getByRole("option", { name: "Moses" }), { button: 0 });
  expect(screen.getByRole("heading", { name: "What fires at token 2" })).toBeTruthy();
  await waitFor(() => expect(ranked()).toEqual(["first 3", "first 7"]));
  expect(screen.getByRole("heading", { name: /^Active at token 2/ })).toBeTruthy();
  expect(screen.getByTitle("latent 3: 3.00").getAttribute("href")).toMatch(/^\/runs\/r\/latents\/first\/3/);
  await waitFor(() => expect(window.location.hash).toBe("#text=And+Moses+said&span=1-1"));
  fireEvent.focus(rowOf("first 3"));
  expect(screen.getByText("activation 3.00")).toBeTruthy();
  fireEvent.blur(rowOf("first 3"));
  cleanup();
  open();
  expect(ongoing).toHaveLength(2);
  answer(begun(1), packed(first), { kind: "end", seconds: 0.5 });
  await waitFor(() => expect(ranked()).toEqual(["first 3", "first 7"]));
});

/** The background of each token. */
const colours = () => screen.getAllByRole("option").flatMap(({ id, style }) => (id.startsWith("token-") ? [style.backgroundColor] : []));
const rowOf = (title: string) => within(screen.getByTitle(title)).getByRole("button");

it("colours the text by the row that is pointed at or focused, and keeps the one that is clicked", async () => {
  open();
  read("And Moses said");
  answer(begun(1), packed(first), { kind: "end", seconds: 0.5 });
  await waitFor(() => expect(ranked()).toHaveLength(3));
  const byLoss = colours();
  fireEvent.pointerEnter(screen.getByTitle("first 7"));
  const bySeventh = colours();
  expect(bySeventh.map((colour) => colour !== "")).toEqual([false, true, true]);
  fireEvent.pointerLeave(screen.getByTitle("first 7"));
  expect(colours()).toEqual(byLoss);
  fireEvent.focus(rowOf("first 3"));
  expect(colours().map((colour) => colour !== "")).toEqual([true, true, false]);
  fireEvent.blur(rowOf("first 3"));
  fireEvent.click(rowOf("first 7"));
  expect([colours(), shading()]).toEqual([bySeventh, ["first 7"]]);
  fireEvent.click(rowOf("first 7"));
  expect([colours(), shading()]).toEqual([byLoss, []]);
});

it("keeps the pinned latent in its address, under another ranking and when it is opened again", async () => {
  open();
  read("And Moses said");
  answer(begun(1), packed(first), { kind: "end", seconds: 0.5 });
  await waitFor(() => expect(ranked()).toHaveLength(3));
  fireEvent.click(rowOf("first 7"));
  await waitFor(() => expect(window.location.hash).toBe("#text=And+Moses+said&latent=first*7"));
  const bySeventh = colours();
  cleanup();
  open();
  answer(begun(1), packed(first), { kind: "end", seconds: 0.5 });
  await waitFor(() => expect(ranked()).toHaveLength(3));
  expect([colours(), shading()]).toEqual([bySeventh, ["first 7"]]);
  fireEvent.pointerDown(screen.getByRole("option", { name: "And" }), { button: 0 });
  await waitFor(() => expect(ranked()).toEqual(["first 5", "first 3"]));
  expect(colours()).toEqual(bySeventh);
  fireEvent.click(screen.getByRole("button", { name: "Read" }));
  await waitFor(() => expect(window.location.hash).toBe("#text=And+Moses+said"));
});

it("adds a latent to the edits of the Steer page, and says how many there are", async () => {
  writeDraft(steerDraftName("r"), { text: "edit=scale*first*3*2*all", linked: "" });
  onTestFinished(() => writeDraft(steerDraftName("r"), undefined));
  open();
  read("And Moses said");
  answer(begun(1), packed(first), { kind: "end", seconds: 0.5 });
  await waitFor(() => expect(ranked()).toHaveLength(3));
  const hrefOf = (title: string, name: string) =>
    decodeURIComponent(within(screen.getByTitle(title)).getByRole("link", { name }).getAttribute("href") ?? "");
  expect(hrefOf("first 5", "Add to edits (1)")).toBe("/runs/r/steer?collection=c&add=ablatePost*first*5*all");
  expect(hrefOf("first 3", "Open edits (1)")).toBe("/runs/r/steer?collection=c");
});

it("ranks by specificity what a collection knows, with the labels that came with the reading", async () => {
  open(finished, collectionWith({ tokens: 1023 }));
  read("And Moses said");
  const known = reading("known", 2, {
    indices: [1, 2, 1, 4, 1, 2],
    activations: [9, 0.5, 9, 2, 9, 0.5],
    outputShares: [0.9, 0.1, 0.9, 0.1, 0.9, 0.1],
    collected: { 1: [1000, 9], 2: [3, 0.5], 4: [200, 8] },
  });
  answer(
    begun(1),
    packed(known),
    {
      kind: "labels",
      labels: [
        { module: "known", index: 2, text: "names in Exodus", source: "person" },
        { module: "known", index: 4, text: "·said", source: "automatic" },
        { module: "known", index: 1, text: "", source: "automatic" },
      ],
    },
    { kind: "end", seconds: 0.5 },
  );
  await waitFor(() => expect(screen.getAllByTitle(/^known \d$/).map(({ title }) => title)).toEqual(["known 2", "known 4", "known 1"]));
  expect(screen.getByRole("button", { name: "specificity" }).getAttribute("aria-pressed")).toBe("true");
  expect(within(screen.getByTitle("known 2")).getByText("names in Exodus")).toBeTruthy();
  expect(screen.getByRole("button", { name: /^L3 +v_proj *#2 *names in Exodus$/ })).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "output share" }));
  await waitFor(() => expect(screen.getAllByTitle(/^known \d$/)[0]?.title).toBe("known 1"));
  await waitFor(() => expect(window.location.hash).toContain("by=outputShare"));
});

it("says that labels could not be loaded, and loads them at the second try", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ error: { code: "internal", message: "broken here" } }, { status: 500 }));
  open();
  read("And Moses said");
  answer(begun(1), packed(first), { kind: "end", seconds: 0.5 });
  const failed = await screen.findByRole("alert");
  expect(failed.textContent).toContain("Could not load the labels: broken here");
  const label = { text: "prophets", source: "person" as const };
  vi.stubGlobal("fetch", async () => Response.json({ rows: [latentRowWith({ module: "first", index: 5, label })] }));
  fireEvent.click(within(failed).getByRole("button", { name: "Try again" }));
  expect(await within(screen.getByTitle("first 5")).findByText("prophets")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});

it("of a LoRA run, whose components fire everywhere, ranks by output share and says why", async () => {
  open({ ...finished, run: { ...finished.run, method: "lora" } });
  read("And Moses said");
  answer(begun(1), packed(first), { kind: "end", seconds: 0.5 });
  await waitFor(() => expect(ranked()).toEqual(["first 5", "first 3", "first 7"]));
  const specificity = screen.getByRole<HTMLButtonElement>("button", { name: "specificity" });
  expect([specificity.disabled, specificity.title]).toEqual([true, "Every component is active at every token"]);
});

it("offers texts to start from, and reads the one that is taken", async () => {
  open();
  const example = await screen.findByRole("button", { name: /^Add two cups of flour/ });
  fireEvent.click(example);
  expect(ongoing.map(({ asked: [, request] }) => request.text)).toEqual([example.title]);
  expect(screen.getByLabelText<HTMLTextAreaElement>("Text").value).toBe(example.title);
  typeInto("Text", "my own");
  expect(screen.queryByRole("button", { name: /^Add two cups of flour/ })).toBeNull();
});

it("stops at Escape, and says of how many modules the results are", async () => {
  open();
  read("And Moses said");
  answer(begun(2), packed(first));
  press("Escape");
  expect(ongoing[0]?.asked[3]?.aborted).toBe(true);
  expect(screen.getByText("Results cover 1 of 2 modules.")).toBeTruthy();
  await waitFor(() => expect(ranked()).toHaveLength(3));
});

it("keeps what has arrived when a reading fails, and reads the same again", async () => {
  open();
  read("And Moses said");
  answer(begun(2), packed(first), { kind: "error", message: "The worker ran out of memory." });
  expect(screen.getByText(/The worker ran out of memory\. Results cover 1 of 2 modules\./)).toBeTruthy();
  await waitFor(() => expect(ranked()).toHaveLength(3));
  fireEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(ongoing.map(({ asked: [, request] }) => request.text)).toEqual(["And Moses said", "And Moses said"]);
});

it("says when a stream ends before the reading does", async () => {
  open();
  read("And Moses said");
  answer(begun(2));
  await act(async () => ongoing[0]?.end());
  expect(screen.getByText(/The stream ended early/)).toBeTruthy();
});

it("of a run without an adapter reads nothing by itself, and says why", () => {
  window.history.replaceState(null, "", "/runs/r/text#text=And+Moses");
  open({ ...rest, run: { ...run, status: "running" } });
  expect(screen.getByText("It has no adapter yet.")).toBeTruthy();
  expect(ongoing).toEqual([]);
});

it("shows what a classifier makes of the whole text, whose tokens have no losses", async () => {
  open({ ...finished, config: { ...finished.config, task: { kind: "classification", labels: ["no", "yes"] } } });
  read("And Moses said");
  const classes = [
    { label: "no", score: -1, probability: 0.25 },
    { label: "yes", score: 1, probability: 0.75 },
  ];
  const whole = tokens.map((token) => ({ ...token, loss: null }));
  answer({ kind: "tokens", tokens: whole, modules: 1, isTruncated: false, answer: { kind: "classes", classes }, attributedTo: "yes" });
  answer(packed(first), { kind: "end", seconds: 0.5 });
  expect(screen.getByRole("heading", { name: "Prediction" })).toBeTruthy();
  expect(screen.getByRole("row", { name: /^yes/ }).textContent).toBe("yes75\u202f%");
  expect(screen.getByLabelText<HTMLSelectElement>("Shaded by").value).toBe("outputShare");
  fireEvent.click(screen.getByRole("button", { name: "attribution" }));
  expect(await screen.findByText(/L = −log p\(yes\)/)).toBeTruthy();
});

it("of a run whose method has no latents leads to its overview", () => {
  open({ ...finished, run: { ...finished.run, method: "full" } });
  expect(screen.getByText("This run has no latents")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Run overview" }).getAttribute("href")).toBe("/runs/r");
});
