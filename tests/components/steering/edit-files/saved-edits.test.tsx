// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { editFromText } from "@/components/latents/edit-text";
import { SavedEdits } from "@/components/steering/edit-files/saved-edits";
import { writeDraft } from "@/components/ui/drafts";
import type { SavedEdits as Saved } from "@/lib/contract/steering";
import { renderPage } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const edit = editFromText("scale*m*3*2*all");
const edits = edit === null ? [] : [edit];
const about = { runId: "r", note: "", edits, createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:00.000Z" };

/** What the server has, and what was asked of it. */
let stored: Saved[];
let asked: string[];
let refusal: string | null;
const onOpen = vi.fn();

beforeEach(() => {
  sessionStorage.clear();
  writeDraft("save-edits/1/r", undefined);
  onOpen.mockClear();
  refusal = null;
  asked = [];
  stored = [
    { id: "a", name: "less", ...about },
    { id: "b", name: "more", ...about },
  ];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    const method = init?.method ?? "GET";
    if (method === "GET") return Response.json({ saved: stored });
    asked.push(`${method} ${path}`);
    if (refusal !== null) return Response.json({ error: { code: "conflict", message: refusal } }, { status: 409 });
    if (method === "DELETE") {
      stored = stored.filter(({ id }) => !path.endsWith(`/${id}`));
      return new Response(null, { status: 204 });
    }
    const request = JSON.parse(String(init?.body));
    const id = method === "PUT" ? (path.split("/").at(-1) ?? "") : `new-${request.name}`;
    const saved = { ...about, ...request, id };
    stored = [...stored.filter((one) => one.id !== id), saved];
    return Response.json(saved);
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function open() {
  renderPage(<SavedEdits runId="r" home={{ modules: [], method: "stan" }} edits={edits} onOpen={onOpen} />);
  await screen.findByText("less");
}

const lineOf = (name: string) => within(screen.getByText(name).closest("li") ?? document.body);
async function choose(name: string, item: RegExp) {
  fireEvent.keyDown(screen.getByRole("button", { name: `More for ${name}` }), { key: "Enter" });
  fireEvent.click(await screen.findByRole("menuitem", { name: item }));
}

it("opens a list in place of the present one, or after it", async () => {
  await open();
  fireEvent.click(lineOf("less").getByRole("button", { name: "Open" }));
  fireEvent.click(lineOf("more").getByRole("button", { name: "Append" }));
  expect(onOpen.mock.calls).toEqual([
    [edits, "replace", "less"],
    [edits, "append", "more"],
  ]);
});

it("saves under a new name, and over a name that is taken", async () => {
  await open();
  typeInto("Save this list", "third");
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("third");
  expect(textIn("Save this list")).toBe("");
  typeInto("Save this list", "less");
  fireEvent.click(screen.getByRole("button", { name: "Overwrite" }));
  await waitFor(() => expect(asked).toEqual(["POST /api/runs/r/edits", "PUT /api/edits/a"]));
});

it("keeps what was typed when the server refuses, and says why", async () => {
  await open();
  refusal = "There is another.";
  typeInto("Save this list", "third");
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  expect((await screen.findByText(/^Not saved/)).textContent).toBe("Not saved: There is another.");
  expect(textIn("Save this list")).toBe("third");
});

it("gives a list another name, but none that is taken", async () => {
  await open();
  await choose("less", /^Name and note/);
  typeInto("Name", "more");
  const form = within(screen.getByLabelText("Name").closest("form") ?? document.body);
  expect(form.getByText("Another list has this name")).toBeTruthy();
  expect(form.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
  typeInto("Name", "fewer");
  fireEvent.click(form.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("fewer")).toBeTruthy();
  await waitFor(() => expect(asked).toEqual(["PUT /api/edits/a"]));
});

it("removes a list at once, puts it back by Undo, and back where the server refuses", async () => {
  await open();
  await choose("less", /^Remove/);
  await waitFor(() => expect(screen.queryByText("less")).toBeNull());
  expect((await screen.findByText("Removed less")).getAttribute("role")).toBe("status");
  fireEvent.click(screen.getByRole("button", { name: "Undo" }));
  expect(await screen.findByText("less")).toBeTruthy();
  refusal = "It is in use.";
  await choose("more", /^Remove/);
  expect(await screen.findByText("It is in use.")).toBeTruthy();
  expect(screen.getByText("more")).toBeTruthy();
});
