// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EditList } from "@/components/steering/edit-list";
import { runQuery } from "@/lib/client/runs";
import type { Edit } from "@/lib/contract/edit";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage, testClient } from "@/tests/support/page";

/** The latents whose cards were rendered, in that order. */
const drawn = vi.hoisted((): number[] => []);
vi.mock("@/components/steering/edit-card/latent-edit-card", async (original) => {
  const actual = await original<typeof import("@/components/steering/edit-card/latent-edit-card")>();
  const LatentEditCard: typeof actual.LatentEditCard = (props) => {
    drawn.push(props.edit.latent.index);
    return actual.LatentEditCard(props);
  };
  return { LatentEditCard };
});

let edits: readonly Edit[];

beforeEach(() => {
  vi.stubGlobal("fetch", async () => Response.json({ error: { code: "unavailable", message: "No worker." } }, { status: 503 }));
  drawn.length = 0;
  // A window lays out what this document does not.
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(57);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(560);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function Bench({ count }: { readonly count: number }) {
  const [list, setList] = useState<readonly Edit[]>(() =>
    Array.from({ length: count }, (_, index) => ({
      operation: "scale",
      latent: { module: "m", index },
      value: 2,
      isOn: true,
      scope: "all",
    })),
  );
  edits = list;
  return <EditList runId="r" collection={null} method="stan" modules={["m"]} edits={list} onEdits={setList} onWatch={() => undefined} />;
}

function open(count: number) {
  const client = testClient();
  client.setQueryData(runQuery("r").queryKey, runDetailFixture({ steps: 3, step: 3 }));
  renderPage(<Bench count={count} />, client);
}

const factors = () => screen.queryAllByLabelText<HTMLInputElement>("Factor");
const button = (name: string) => screen.getByRole("button", { name });
const typeFactor = (field: HTMLElement, text: string) => fireEvent.change(field, { target: { value: text } });

describe("a list of many edits", () => {
  it("renders only the card that is typed into", () => {
    open(6);
    expect(factors()).toHaveLength(6);
    drawn.length = 0;
    typeFactor(factors()[3] as HTMLElement, "3");
    expect(drawn.length).toBeGreaterThan(0);
    expect(new Set(drawn)).toEqual(new Set([3]));
    expect(edits.map((edit) => "value" in edit && edit.value)).toEqual([2, 2, 2, 3, 2, 2]);
  });

  it("renders only the card that is typed into of 256, and no more cards than are in view", () => {
    open(256);
    expect(screen.getAllByRole("listitem").length).toBeLessThan(40);
    expect(new Set(drawn).size).toBeLessThan(40);
    fireEvent.click(button("Open m #2"));
    drawn.length = 0;
    typeFactor(factors()[0] as HTMLElement, "3");
    expect(new Set(drawn)).toEqual(new Set([2]));
    expect(edits[2]).toMatchObject({ value: 3 });
    expect(edits).toHaveLength(256);
  });

  it("has closed cards that say in a line what their edits do, and that open for a change", () => {
    open(7);
    expect(factors()).toEqual([]);
    const card = screen.getAllByRole("listitem")[1] as HTMLElement;
    expect(within(card).getByText("scale × 2.00, all tokens")).toBeTruthy();
    fireEvent.click(button("Open m #1"));
    expect(factors()).toHaveLength(1);
    fireEvent.click(button("Close m #1"));
    expect(factors()).toEqual([]);
  });

  it("opens the card that was just added, and no other", () => {
    open(7);
    fireEvent.click(button("Add"));
    fireEvent.click(button("Whole adapter off"));
    expect(edits).toHaveLength(8);
    expect(screen.getAllByRole("button", { name: /^Close / })).toEqual([button("Close whole adapter off")]);
  });

  it("says that it is full, in words", () => {
    open(256);
    fireEvent.click(button("Add"));
    fireEvent.click(button("Whole adapter off"));
    expect(screen.getByRole("alert").textContent).toBe("A list holds at most 256 edits: remove one first.");
    expect(edits).toHaveLength(256);
  });
});
