// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LatentHead } from "@/components/latent-table/latent-head";
import { readLatentParams, writeLatentParams } from "@/components/latents/latent-params";
import { positionKinds } from "@/lib/contract/positions/position-kinds";
import { columnsOf } from "./table-columns";

const columns = columnsOf({ domains: 0 }).filter(({ key }) => ["density", "maxActivation", "topTokens"].includes(key));
const density = { column: "density" as const, scale: "linear" as const, edges: [0, 0.25, 0.5, 1], counts: [4, 2, 1] };
const onAll = vi.fn();
/** The address of the table. */
let address: string;

beforeEach(() => onAll.mockClear());
afterEach(cleanup);

function Head() {
  const [params, setParams] = useState(readLatentParams(new URLSearchParams()));
  address = writeLatentParams(params);
  return (
    <table>
      <LatentHead
        columns={columns}
        histograms={[density]}
        view={{ domains: [], positions: positionKinds.token, axis: null, largestShare: 1, mark: "stan", isDense: false, searched: "" }}
        params={params}
        onParams={setParams}
        selectAll={{ label: "Select all", isChecked: false, onChange: onAll }}
      />
    </table>
  );
}

it("writes the names of domains whole over their bars", () => {
  const domains = ["arithmetic", "javascript"].map((name) => ({ name, tokens: 10 }));
  const params = readLatentParams(new URLSearchParams());
  render(
    <table>
      <LatentHead
        columns={columnsOf({ domains: 2 }).filter(({ key }) => key === "domains")}
        histograms={[]}
        view={{ domains, positions: positionKinds.token, axis: null, largestShare: 1, mark: "stan", isDense: false, searched: "" }}
        params={params}
        onParams={() => undefined}
        selectAll={{ label: "Select all", isChecked: false, onChange: onAll }}
      />
    </table>,
  );
  expect(domains.map(({ name }) => screen.getByText(name).textContent)).toEqual(["arithmetic", "javascript"]);
});

const header = (name: RegExp) => screen.getByRole("columnheader", { name });

it("sorts by a column, turns the order at the second press, and says it", () => {
  render(<Head />);
  fireEvent.click(screen.getByRole("button", { name: "Max" }));
  expect([address, header(/^Max/).getAttribute("aria-sort")]).toEqual(["?sort=maxActivation", "descending"]);
  fireEvent.click(screen.getByRole("button", { name: "Max" }));
  expect([address, header(/^Max/).getAttribute("aria-sort")]).toEqual(["?sort=maxActivation&order=asc", "ascending"]);
  expect(header(/^Density/).getAttribute("aria-sort")).toBeNull();
});

it("sorts by module in the order of the model, and by index", () => {
  render(<Head />);
  fireEvent.click(screen.getByRole("button", { name: "Module" }));
  expect(header(/^Module/).getAttribute("aria-sort")).toBe("ascending");
  fireEvent.click(screen.getByRole("button", { name: "index" }));
  expect(address).toContain("sort=index");
});

it("filters by a histogram with the arrow keys, bin by bin, until Escape", () => {
  render(<Head />);
  fireEvent.keyDown(screen.getByRole("slider", { name: "Largest Density" }), { key: "ArrowLeft" });
  expect(decodeURIComponent(address)).toBe("?ranges=density:..0.5");
  fireEvent.keyDown(screen.getByRole("slider", { name: "Least Density" }), { key: "ArrowRight" });
  expect(decodeURIComponent(address)).toBe("?ranges=density:0.25..0.5");
  fireEvent.keyDown(screen.getByRole("slider", { name: "Least Density" }), { key: "Escape" });
  expect(address).toBe("");
});

it("selects all by its box", () => {
  render(<Head />);
  fireEvent.click(screen.getByLabelText("Select all"));
  expect(onAll).toHaveBeenCalledWith(true);
});

it("explains a column at its head to the keyboard too, whether or not it sorts", async () => {
  render(<Head />);
  for (const [name, words] of [
    ["Density", "Share of counted tokens at which the latent fires"],
    ["Top tokens", "Tokens at which it fires most"],
  ] as const) {
    fireEvent.focus(screen.getByRole("button", { name }));
    expect((await screen.findByRole("tooltip")).textContent).toBe(words);
    fireEvent.blur(screen.getByRole("button", { name }));
  }
});

it("selects no text while a histogram is dragged over", () => {
  render(<Head />);
  expect(screen.getByRole("group", { name: /^Distribution of Density/ }).style.userSelect).toBe("none");
});
