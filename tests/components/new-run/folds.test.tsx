// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NewRunPage } from "@/components/new-run/new-run-page";
import { writeDraft } from "@/components/ui/drafts";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { renderPage, testClient } from "@/tests/support/page";
import { typeInto } from "@/tests/support/typed-field";
import { dataSet } from "./small-data-set";
import { model } from "./small-model";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ push: () => {} }),
  usePathname: () => "/runs/new",
  useSearchParams: () => new URLSearchParams(),
}));

beforeEach(() => {
  sessionStorage.clear();
  for (const name of ["run/1/", "typed/run/1/"]) writeDraft(name, undefined);
  vi.stubGlobal("fetch", async () => Response.json({ error: { code: "unavailable", message: "away" } }, { status: 503 }));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function openForm(data: DataSetSummary) {
  const client = testClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  client.setQueryData(dataSetsQuery().queryKey, [data]);
  renderPage(<NewRunPage />, client);
}

const folds = () => [...document.querySelectorAll<HTMLDetailsElement>("details.narrow")];
const lines = () => folds().map((fold) => fold.querySelector("summary")?.textContent);

it("what a phone folds is named by what is set there", () => {
  openForm(dataSet);
  expect(folds().map(({ open }) => open)).toEqual([false, false, false, false]);
  expect(lines()).toEqual([
    "Rows are plain text",
    "Targets: q_proj, v_proj; all layers",
    "16 of 256 latents; LoRA all 16 ranks",
    "500 steps of 8 rows, up to 64 tokens each",
  ]);
  typeInto("Steps", "7");
  typeInto("Layers", "1");
  fireEvent.click(screen.getByRole("radio", { name: /k of M latents/ }));
  expect(lines().slice(1)).toEqual(["Targets: q_proj, v_proj; layer 1", "16 of 256 latents", "7 steps of 8 rows, up to 64 tokens each"]);
});

it("columns that have still to be chosen are not folded", () => {
  const column = (name: string) => ({ name, samples: [] });
  openForm({ ...dataSet, columns: [column("one"), column("two")] });
  expect(folds()[0]?.open).toBe(true);
});

it("the chosen model is described by the names of its sizes", () => {
  openForm(dataSet);
  expect(screen.getByText(/layers, hidden size \d+, vocabulary/)).toBeTruthy();
});
