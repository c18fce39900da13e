// @vitest-environment happy-dom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { SelectionTray } from "@/components/latent-table/selection-tray";
import { steerDraftName } from "@/components/latents/steer-draft";
import { writeDraft } from "@/components/ui/drafts";
import { renderPage } from "@/tests/support/page";

const draft = steerDraftName("r");

afterEach(() => {
  cleanup();
  writeDraft(draft, undefined);
});

const nothing = () => undefined;

function renderTray(indices: readonly number[], positionKind: "token" | "patch" = "token"): void {
  const latents = indices.map((index) => ({ module: "m", index }));
  const selection = { latents, has: () => true, toggle: nothing, addLater: nothing, failed: null, clear: nothing };
  renderPage(
    <SelectionTray
      home={{ kind: "run", runId: "r" }}
      collection={{ id: "c", positionKind, domains: [] }}
      one="latent"
      selection={selection}
    />,
  );
}

const addedBy = (name: string) => new URL(screen.getByRole<HTMLAnchorElement>("link", { name }).href).searchParams.getAll("add");

it("steers with the chosen latents at scale 1", () => {
  renderTray([5, 7]);
  expect(addedBy("Steer")).toEqual(["scale*m*5*1*all", "scale*m*7*1*all"]);
});

it("adds them to the edits that the Steer page has, and says how many there are", () => {
  writeDraft(draft, { text: "edit=scale*m*5*2*all&edit=adapterOff*all", linked: "" });
  renderTray([5, 7]);
  expect(addedBy("Add to edits (2)")).toEqual(["scale*m*5*1*all", "scale*m*7*1*all"]);
  expect(addedBy("Ablate")).toEqual(["ablatePost*m*5*all", "ablatePost*m*7*all"]);
  cleanup();
  renderTray([5]);
  expect(addedBy("Open edits (2)")).toEqual([]);
});

it("offers edits for latents over images as for others", () => {
  renderTray([5], "patch");
  expect(screen.getByRole("button", { name: "Measure effect" })).toBeDefined();
  expect(screen.getAllByRole("link").map(({ textContent }) => textContent)).toContain("Steer");
});
