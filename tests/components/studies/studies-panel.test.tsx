// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { StudiesPanel } from "@/components/studies/studies-panel";
import { renderPage } from "@/tests/support/page";

beforeEach(() => {
  sessionStorage.clear();
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  Element.prototype.scrollIntoView = () => undefined;
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Page() {
  const [studyId, setStudyId] = useState<string | null>(null);
  const home = { runId: "r", collection: null, method: "stan", edits: [], prompt: "", useChatTemplate: false } as const;
  return <StudiesPanel {...home} onEdits={() => undefined} studyId={studyId} onStudyId={setStudyId} />;
}

it("opens with what can be measured instead of a form, which a kind opens and Close closes", () => {
  renderPage(<Page />);
  expect(screen.queryByRole("button", { name: "Start" })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: /^Many latents/ }));
  expect(screen.getByRole("button", { name: "Start" })).toBeTruthy();
  expect(screen.getByLabelText("How many")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Close the form" }));
  expect(screen.queryByRole("button", { name: "Start" })).toBeNull();
  expect(screen.getByRole("button", { name: /^Held-out rows/ })).toBeTruthy();
});

it("opens doses by d, with the focus in the form", async () => {
  renderPage(<Page />);
  act(() => fireEvent.keyDown(window, { key: "d" }));
  await waitFor(() => expect(document.activeElement?.tagName).toBe("SELECT"));
});
