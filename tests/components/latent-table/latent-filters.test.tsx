// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it } from "vitest";
import { LatentFilters } from "@/components/latent-table/latent-filters";
import { hiddenOrder } from "@/components/latent-table/sort-names";
import { readLatentParams, writeLatentParams } from "@/components/latents/latent-params";
import type { CollectionSummary } from "@/lib/contract/latent";
import { smallCollection } from "./small-collection";

/** The address of the table. */
let address: string;

afterEach(cleanup);

type Given = { start?: string; folded?: number; isDense?: boolean; collection?: CollectionSummary };

function Filters({ start = "", folded = 0, isDense = false, collection = smallCollection }: Given) {
  const [params, setParams] = useState(readLatentParams(new URLSearchParams(start)));
  address = writeLatentParams(params);
  return (
    <LatentFilters
      collection={collection}
      isDense={isDense}
      one="latent"
      params={params}
      onParams={setParams}
      total={{ shown: 13, folded }}
      orderNote={hiddenOrder(params.sort, params.order, [])}
      searchRef={{ current: null }}
      filterMenu={null}
      columnMenu={null}
    />
  );
}

const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));

it("says that it is in reading order, turns it, and leads back to it from another order", () => {
  render(<Filters />);
  press("in reading order");
  expect(address).toBe("?order=asc");
  cleanup();
  render(<Filters start="sort=density&order=asc&domain=law" />);
  expect(screen.getByText("by density, smallest first")).toBeDefined();
  press("Reading order");
  expect(address).toBe("?domain=law");
});

it("explains the reading order and near-duplicates to the keyboard", async () => {
  render(<Filters folded={4} />);
  fireEvent.focus(screen.getByRole("button", { name: "in reading order" }));
  expect((await screen.findByRole("tooltip")).textContent).toMatch(/measured Δ loss differs from 0.*output share.*our choice/);
  fireEvent.blur(screen.getByRole("button", { name: "in reading order" }));
  fireEvent.focus(screen.getByRole("button", { name: "+4 near-duplicates" }));
  expect((await screen.findByRole("tooltip")).textContent).toMatch(
    /same 3 tokens.*same domain.*cosine of at least 0.9.*firings of at least 0.5.*our choice/,
  );
});

it.each([
  ["token", "counted tokens of this collection"],
  ["patch", "counted patches of this collection"],
] as const)("explains to the keyboard which latents are dead, over %s", async (positionKind, words) => {
  render(<Filters collection={{ ...smallCollection, positionKind }} />);
  fireEvent.focus(screen.getByRole("button", { name: /^Dead / }));
  expect((await screen.findByRole("tooltip")).textContent).toContain(words);
});

it("shows all near-duplicates at a press, in the address, and folds them again; says nothing where there are none", () => {
  render(<Filters folded={4} />);
  press("+4 near-duplicates");
  expect(address).toBe("?duplicates=shown");
  press("Fold near-duplicates");
  expect(address).toBe("");
  cleanup();
  render(<Filters />);
  expect(screen.queryByRole("button", { name: /near-duplicates/ })).toBeNull();
});

it("leaves out of dense components, which all fire everywhere, states and domains", () => {
  const isThere = (name: string) => screen.queryByRole("group", { name }) ?? screen.queryByRole("combobox", { name });
  render(<Filters />);
  expect([isThere("Show"), isThere("Domain fired on most")]).not.toContain(null);
  cleanup();
  // One of them is dead, so states are shown.
  render(<Filters isDense />);
  expect([isThere("Show") === null, isThere("Domain fired on most")]).toEqual([false, null]);
});
