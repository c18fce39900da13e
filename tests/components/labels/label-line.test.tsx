// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LabelLine } from "@/components/labels/label-line";
import { NotePanel } from "@/components/labels/note-panel";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentLabel } from "@/lib/contract/label";
import { positionKinds } from "@/lib/contract/positions/position-kinds";
import { pageOver, renderPage, testClient } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const latent: LatentRef = { module: "layers.0.mlp.down_proj", index: 7 };
const stored: LatentLabel = { ...latent, text: "rain", note: "", source: "person", score: null, updatedAt: "2026-01-01T00:00:00.000Z" };
const goNext = vi.fn();

function Panel({ of = latent, label = null }: { of?: LatentRef; label?: LatentLabel | null }) {
  useShortcuts({ j: goNext });
  return (
    <>
      <LabelLine
        key={of.index}
        collectionId="c"
        latent={of}
        label={label}
        automatic="·cups, ·tbsp"
        nameOf={({ index }) => `L0 down_proj #${index}`}
        hrefOf={({ index }) => `/latents/${index}`}
        onNext={goNext}
      />
      <NotePanel collectionId="c" latent={of} positions={positionKinds.token} label={label} />
    </>
  );
}

/** The bodies of the requests that save a label. */
function saved(): unknown[] {
  return vi.mocked(fetch).mock.calls.flatMap(([, init]) => (init?.method === "PUT" ? [JSON.parse(String(init.body))] : []));
}

beforeEach(() => {
  sessionStorage.clear();
  goNext.mockClear();
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => Response.json({ labels: [stored] })),
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("keeps the focus in the field while a label is saved, so that further keys are typed and lead nowhere", async () => {
  const client = testClient();
  const { rerender } = renderPage(<Panel />, client);
  const field = screen.getByLabelText("Label");
  field.focus();
  typeInto("Label", "rain");
  fireEvent.submit(field);
  await waitFor(() => expect(fetch).toHaveBeenCalledWith("/api/collections/c/labels", expect.objectContaining({ method: "PUT" })));
  await act(async () => rerender(pageOver(client, <Panel label={stored} />)));
  expect(document.activeElement).toBe(screen.getByLabelText("Label"));
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "j" });
  expect(goNext).not.toHaveBeenCalled();
  expect(screen.getByText("Saved")).toBeTruthy();
});

it("keeps an unsaved label as that latent's draft, and says so at the next latent", () => {
  const client = testClient();
  const { rerender } = renderPage(<Panel />, client);
  typeInto("Label", "snow");
  rerender(pageOver(client, <Panel of={{ ...latent, index: 11 }} />));
  expect(textIn("Label")).toBe("");
  expect(screen.getByText("L0 down_proj #7").getAttribute("href")).toBe("/latents/7");
  rerender(pageOver(client, <Panel />));
  expect(textIn("Label")).toBe("snow");
  expect(screen.getByText("Unsaved")).toBeTruthy();
});

it("keeps what is typed while a label is saved", async () => {
  const client = testClient();
  const { rerender } = renderPage(<Panel />, client);
  typeInto("Label", "rain");
  fireEvent.submit(screen.getByLabelText("Label"));
  typeInto("Label", "rain and snow");
  await waitFor(() => expect(fetch).toHaveBeenCalled());
  await act(async () => rerender(pageOver(client, <Panel label={stored} />)));
  expect(textIn("Label")).toBe("rain and snow");
  expect(screen.getByText("Saved: “rain”")).toBeTruthy();
});

it("saves a label when its field is left, but not when the way leads to a button beside it", async () => {
  renderPage(<Panel />);
  const field = screen.getByLabelText("Label");
  field.focus();
  typeInto("Label", "rain");
  act(() => screen.getByRole("button", { name: "Discard draft" }).focus());
  await act(async () => new Promise((resolve) => setTimeout(resolve)));
  expect(saved()).toEqual([]);
  act(() => field.focus());
  act(() => field.blur());
  await waitFor(() => expect(saved()).toEqual([{ ...latent, text: "rain", note: "" }]));
});

it("saves with Control and Enter, goes on to the next latent, and takes the focus there", async () => {
  const client = testClient();
  const { rerender } = renderPage(<Panel />, client);
  fireEvent.keyDown(document.body, { key: "l" });
  expect(document.activeElement).toBe(screen.getByLabelText("Label"));
  typeInto("Label", "rain");
  fireEvent.keyDown(screen.getByLabelText("Label"), { key: "Enter", ctrlKey: true });
  expect(goNext).toHaveBeenCalledOnce();
  rerender(pageOver(client, <Panel of={{ ...latent, index: 11 }} />));
  expect(document.activeElement).toBe(screen.getByLabelText("Label"));
  expect(textIn("Label")).toBe("");
  await waitFor(() => expect(saved()).toContainEqual({ ...latent, text: "rain", note: "" }));
});

it("offers what its statistics say where it has no label, and saves a note with it", async () => {
  renderPage(<Panel />);
  expect(screen.getByLabelText("Label").getAttribute("placeholder")).toBe("·cups, ·tbsp (automatic)");
  typeInto("Label", "rain");
  typeInto("Note", "sure");
  fireEvent.keyDown(screen.getByLabelText("Note"), { key: "Enter", ctrlKey: true });
  await waitFor(() => expect(saved()).toEqual([{ ...latent, text: "rain", note: "sure" }]));
});
