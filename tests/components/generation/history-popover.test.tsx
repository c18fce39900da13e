// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { HistoryPopover } from "@/components/generation/history-popover";
import { startedAt } from "@/components/ui/moment";
import type { KeptGeneration } from "@/lib/contract/steering";
import { renderPage } from "@/tests/support/page";

function kept(id: string, prompt: string): KeptGeneration {
  const arms = [{ arm: "adapter" as const, text: ` of ${prompt}`, tokens: 3 }];
  return { id, runId: "r", createdAt: "2026-01-01T00:00:00.000Z", prompt, editsOn: 1, isForced: false, arms };
}

/** What the server has, and what was asked of it. */
let stored: KeptGeneration[];
let asked: string[];
let isBroken: boolean;
const page = 2;

beforeEach(() => {
  stored = [kept("a", "quagga"), kept("b", "okapi"), kept("c", "zebra")];
  asked = [];
  isBroken = false;
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    asked.push(`${init?.method ?? "GET"} ${path}`);
    if (isBroken) return Response.json({ error: { code: "unavailable", message: "The database cannot be reached." } }, { status: 503 });
    if (init?.method === "DELETE") {
      stored = path.endsWith("/generations") ? [] : stored.filter(({ id }) => !path.endsWith(`/${id}`));
      return new Response(null, { status: 204 });
    }
    const { searchParams } = new URL(path, "http://here");
    const found = stored.filter(({ prompt }) => prompt.includes(searchParams.get("search") ?? ""));
    const offset = Number(searchParams.get("offset") ?? 0);
    return Response.json({ generations: found.slice(offset, offset + page), total: found.length });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function open() {
  renderPage(<HistoryPopover runId="r" method="stan" onOpen={() => undefined} />);
  fireEvent.click(screen.getByRole("button", { name: "History" }));
  return within(await screen.findByRole("dialog", { name: "History" }));
}

const prompts = () => [...document.querySelectorAll("li > button:first-child > span:first-child")].map(({ textContent }) => textContent);

it("lists what was generated page by page, and finds it by a word", async () => {
  const history = await open();
  await waitFor(() => expect(prompts()).toEqual(["quagga", "okapi"]));
  expect(document.querySelector("li time")?.textContent).toBe(startedAt("2026-01-01T00:00:00.000Z", new Date()));
  fireEvent.click(history.getByRole("button", { name: "More, 2 of 3 shown" }));
  await waitFor(() => expect(prompts()).toEqual(["quagga", "okapi", "zebra"]));
  fireEvent.change(history.getByPlaceholderText("Search prompts and texts"), { target: { value: "okapi" } });
  await waitFor(() => expect(prompts()).toEqual(["okapi"]));
  fireEvent.change(history.getByPlaceholderText("Search prompts and texts"), { target: { value: "gnu" } });
  expect(await history.findByText("No matching prompt or text.")).toBeTruthy();
});

it("removes one, and all of them only after a question", async () => {
  const history = await open();
  await waitFor(() => expect(prompts()).toHaveLength(2));
  fireEvent.click(history.getAllByRole("button", { name: "Remove from the history" })[0] ?? document.body);
  await waitFor(() => expect(prompts()).toEqual(["okapi", "zebra"]));
  fireEvent.click(history.getByRole("button", { name: "Clear" }));
  expect(history.getByText("Remove all 2?")).toBeTruthy();
  fireEvent.click(history.getByRole("button", { name: "Remove" }));
  expect(await history.findByText("No generations yet.")).toBeTruthy();
  expect(asked.filter((request) => request.startsWith("DELETE"))).toEqual(["DELETE /api/generations/a", "DELETE /api/runs/r/generations"]);
});

it("says in its place that it could not be loaded, and tries again", async () => {
  isBroken = true;
  const history = await open();
  expect((await history.findByText("The database cannot be reached.")).closest("[role=alert]")?.textContent).toContain(
    "Could not load the history",
  );
  isBroken = false;
  fireEvent.click(history.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(prompts()).toEqual(["quagga", "okapi"]));
});
