// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it } from "vitest";
import { FilterMenu } from "@/components/latent-table/filter-menu";
import { LatentFilters } from "@/components/latent-table/latent-filters";
import { readLatentParams, writeLatentParams } from "@/components/latents/latent-params";
import { smallCollection } from "./small-collection";
import { columnsOf } from "./table-columns";

const columns = columnsOf();
/** The address of the table. */
let address: string;

afterEach(cleanup);

function Filters({ start = "" }: { start?: string }) {
  const [params, setParams] = useState(readLatentParams(new URLSearchParams(start)));
  address = decodeURIComponent(writeLatentParams(params));
  return (
    <LatentFilters
      collection={smallCollection}
      isDense={false}
      one="latent"
      params={params}
      onParams={setParams}
      total={{ shown: 13, folded: 0 }}
      orderNote={null}
      searchRef={{ current: null }}
      filterMenu={
        <FilterMenu collection={smallCollection} isDense={false} columns={columns} histograms={[]} params={params} onParams={setParams} />
      }
      columnMenu={null}
    />
  );
}

const choose = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

it("filters by place and by label, and each chip lifts its own filter", async () => {
  render(<Filters />);
  fireEvent.click(screen.getByRole("button", { name: "Filter" }));
  await screen.findByRole("dialog", { name: "Filters" });
  choose("Projection", "v_proj");
  choose("Module", "layers.1.v_proj");
  choose("Label", "none");
  expect(address).toBe("?module=layers.1.v_proj&projection=v_proj&labelled=none");
  choose("Projection", "");
  choose("Label", "");
  fireEvent.click(screen.getByRole("button", { name: /^Remove filter/, hidden: true }));
  expect(address).toBe("");
});

it("asks for a search once typing pauses, and at once by Enter", async () => {
  render(<Filters />);
  const search = screen.getByPlaceholderText("Token or label");
  fireEvent.change(search, { target: { value: "caf" } });
  expect(address).toBe("");
  fireEvent.keyDown(search, { key: "Enter" });
  expect(address).toBe("?search=caf");
  fireEvent.change(search, { target: { value: "cafe" } });
  await expect.poll(() => address).toBe("?search=cafe");
});

it("clears all filters, and keeps the order", () => {
  render(<Filters start="sort=maxActivation&domain=sea&state=alive&module=layers.0.q_proj" />);
  fireEvent.click(screen.getByRole("button", { name: "Clear" }));
  expect(address).toBe("?sort=maxActivation");
});

it("shows those that are alive, dead or always on, with how many each are", () => {
  render(<Filters />);
  fireEvent.click(screen.getByRole("button", { name: "Dead 2" }));
  expect(address).toBe("?state=dead");
  fireEvent.click(screen.getByRole("button", { name: "Alive 12" }));
  expect(address).toBe("?state=alive");
});
