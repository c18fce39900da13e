// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { editFromText, editToText } from "@/components/latents/edit-text";
import { EditList } from "@/components/steering/edit-list";
import { runQuery } from "@/lib/client/runs";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage, testClient } from "@/tests/support/page";

const detail = runDetailFixture({ steps: 3, step: 3 });
/** As the address says them. */
let edits: string[];

beforeEach(() => {
  vi.stubGlobal("fetch", async () => Response.json({ error: { code: "unavailable", message: "No worker." } }, { status: 503 }));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Bench({ texts }: { texts: readonly string[] }) {
  const [list, setList] = useState(texts.flatMap((text) => editFromText(text) ?? []));
  edits = list.map(editToText);
  return (
    <EditList
      runId="r"
      collection={null}
      method="stan"
      modules={["m"]}
      edits={list}
      onEdits={(next) => setList([...next])}
      onWatch={() => undefined}
    />
  );
}

function open(...texts: string[]) {
  const client = testClient();
  client.setQueryData(runQuery("r").queryKey, detail);
  renderPage(<Bench texts={texts} />, client);
}

const first = "scale*m*3*2*all";
const second = "ablatePost*m*5*all";
const count = () => screen.getByRole("heading", { name: /^Edits/ }).textContent;
/** Opens the menu of a button as the keyboard does, and chooses. */
async function choose(button: HTMLElement, item: RegExp) {
  fireEvent.keyDown(button, { key: "Enter" });
  fireEvent.click(await screen.findByRole("menuitem", { name: item }));
  await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
}

it("switches one off, which stays in the list, and counts those that are on", () => {
  open(first, second);
  expect(count()).toBe("Edits 2 of 2 on");
  fireEvent.click(screen.getByRole("switch", { name: "m #3 is on" }));
  expect([count(), edits]).toEqual(["Edits 1 of 2 on", [`${first}*off`, second]]);
});

it("removes one, and puts it back in its place", () => {
  open(first, second);
  fireEvent.click(screen.getByRole("button", { name: "Remove m #3" }));
  expect(edits).toEqual([second]);
  const undo = screen.getByRole("button", { name: "Undo" });
  expect(document.activeElement).toBe(undo);
  fireEvent.click(undo);
  expect(edits).toEqual([first, second]);
});

it("moves one with Alt and an arrow key, and keeps the focus on it", () => {
  open(first, second);
  const control = screen.getByRole("switch", { name: "m #3 is on" });
  control.focus();
  fireEvent.keyDown(control, { key: "ArrowDown", altKey: true });
  expect(edits).toEqual([second, first]);
  expect(document.activeElement).toBe(screen.getByRole("switch", { name: "m #3 is on" }));
  fireEvent.keyDown(control, { key: "ArrowDown", altKey: true });
  expect(edits).toEqual([second, first]);
});

it("duplicates and moves one from its menu", async () => {
  open(first, second);
  await choose(screen.getByRole("button", { name: "More for m #5" }), /^Move up/);
  expect(edits).toEqual([second, first]);
  await choose(screen.getByRole("button", { name: "More for m #5" }), /^Duplicate/);
  expect(edits).toEqual([second, second, first]);
});

it("restricts one to fewer tokens, and lifts each restriction", async () => {
  open(first);
  await choose(screen.getByRole("button", { name: "Restrict scope" }), /^Skip special tokens/);
  expect(edits).toEqual([`${first}*nospecials`]);
  fireEvent.click(screen.getByRole("button", { name: "Remove" }));
  expect(edits).toEqual([first]);
});

it("changes the operation of one, which begins at that operation's usual value", () => {
  open(first);
  const operation = screen.getByLabelText<HTMLSelectElement>("Operation");
  fireEvent.change(operation, { target: { value: "clamp" } });
  expect(edits).toEqual(["clamp*m*3*1*all"]);
});
