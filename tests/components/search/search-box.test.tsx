// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SearchBox } from "@/components/search/search-box";
import { dataSetsQuery } from "@/lib/client/data";
import { dictionariesQueryOptions } from "@/lib/client/dictionaries";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery } from "@/lib/client/runs";
import { statusQuery } from "@/lib/client/status";
import type { FoundLatents } from "@/lib/contract/find-latents";
import { runConfig } from "@/lib/contract/run-config";
import { dataSet } from "@/tests/components/new-run/small-data-set";
import { model } from "@/tests/components/new-run/small-model";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage, testClient } from "@/tests/support/page";

const router = vi.hoisted(() => ({ push: vi.fn() }));
const place = vi.hoisted(() => ({ path: "/" }));
vi.mock("next/navigation", () => ({ useRouter: () => router, usePathname: () => place.path }));

const cups: FoundLatents = {
  latents: [
    {
      module: "layers.5.v_proj",
      index: 81,
      collectionId: "c1",
      origin: { kind: "run", runId: "r1" },
      within: "small STAN",
      layer: 5,
      projection: "v_proj",
      label: "cups and spoons",
      labelSource: "person",
      tokens: [],
    },
  ],
  notSearched: 3,
};

let answer: () => Promise<Response>;
beforeEach(() => {
  answer = async () => Response.json(cups);
  vi.stubGlobal(
    "fetch",
    vi.fn(async (path: string) =>
      path.startsWith("/api/latents") ? answer() : Response.json({ runs: [], snapshot: { next: 1, open: [] } }),
    ),
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  router.push.mockClear();
  localStorage.clear();
  place.path = "/";
});

function open(client = testClient()) {
  client.setQueryData(modelsQuery().queryKey, [model]);
  client.setQueryData(dataSetsQuery().queryKey, [dataSet]);
  client.setQueryData(dictionariesQueryOptions().queryKey, []);
  client.setQueryData(statusQuery().queryKey, { version: "1", dataFolder: "/", workers: [], notices: [], demonstration: "absent" });
  renderPage(<SearchBox />, client);
  press(document.body, "k", { ctrlKey: true });
  return field();
}

const field = () => screen.getByRole("combobox");
const press = (target: Element, key: string, more: object = {}) => act(() => fireEvent.keyDown(target, { key, ...more }));
const type = (text: string) => act(() => fireEvent.change(field(), { target: { value: text } }));
const groups = () => screen.getAllByRole("group").map((group) => group.getAttribute("aria-label"));
const active = () => document.getElementById(field().getAttribute("aria-activedescendant") ?? "")?.textContent ?? "";

it("opens by Ctrl+K with commands and pages, and the arrows name the active one to the field, round the ends", async () => {
  const input = open();
  await waitFor(() => expect(document.activeElement).toBe(input));
  expect(groups()).toEqual(["Commands", "Pages"]);
  expect(active()).toMatch(/^New run/);
  press(input, "ArrowDown");
  expect(active()).toMatch(/^Import a run/);
  press(input, "ArrowUp");
  press(input, "ArrowUp");
  expect(active()).toMatch(/^Explainer/);
  expect(screen.getAllByRole("option", { selected: true })).toHaveLength(1);
});

it("finds models, datasets, commands and latents by their words; Enter opens, and what was opened is listed first the next time", async () => {
  open();
  type("spoons cups");
  expect(await screen.findByRole("status")).toHaveProperty("textContent", "Searching latents…");
  await screen.findByRole("option", { name: /cups and spoons/ });
  expect(within(screen.getByRole("group", { name: "Latents" })).getByRole("option").textContent).toContain("L5 v_proj #81 · small STAN");
  await waitFor(() => expect(screen.getByRole("status").textContent).toContain("Latents of the 3 oldest collections were not searched."));
  press(field(), "Enter");
  expect(router.push).toHaveBeenCalledWith("/runs/r1/latents/layers.5.v_proj/81?collection=c1");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  press(document.body, "k", { ctrlKey: true });
  expect(groups()).toEqual(["Recent", "Commands", "Pages"]);
  expect(active()).toContain("cups and spoons");
});

it("lists the pages of the open run that it has: over images neither concepts nor a text", async () => {
  place.path = "/runs/r/latents";
  const client = testClient();
  const { config, ...record } = recordOf(runDetailFixture({ steps: 4, step: 4 }));
  const data = { kind: "dataSet", dataSetId: "d", mapping: { kind: "labelledImage", image: "image", label: "label" } } as const;
  client.setQueryData(runRecordQuery("r").queryKey, { ...record, config: runConfig.parse({ ...config, data }) });
  open(client);
  const pages = within(screen.getByRole("group", { name: "This run" })).getAllByRole("option");
  expect(pages.map(({ textContent }) => textContent?.replace("Page of stan-m7-k2", ""))).toEqual([
    "Overview",
    "Latents",
    "Benchmarks",
    "Steer",
  ]);
});

it("says for which token a latent was found, unless its label does", async () => {
  const [latent] = cups.latents;
  const latents = [
    { ...latent, index: 7, label: "·{, [", tokens: [" return", "returns"] },
    { ...latent, index: 8, label: "·return, ·=", tokens: [" return", "returns"] },
  ];
  answer = async () => Response.json({ latents, notSearched: 0 });
  open();
  type("return");
  const found = await screen.findAllByRole("option", { name: /v_proj/ });
  expect(found.map(({ textContent }) => textContent)).toEqual([
    "·{, [fires at ·return, returns · L5 v_proj #7 · small STAN",
    "·return, ·=L5 v_proj #8 · small STAN",
  ]);
});

it("says so where nothing is found, and where latents could not be searched, with Retry", async () => {
  answer = async () => Response.json({ latents: [], notSearched: 0 });
  open();
  type("zzzz");
  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("Nothing found for “zzzz”."));
  answer = async () => Response.json({ error: { code: "conflict", message: "The database is away." } }, { status: 409 });
  type("new run");
  await screen.findByText("The database is away.");
  expect(screen.getByRole("option", { name: /^New run/ })).not.toBeNull();
  answer = async () => Response.json(cups);
  act(() => screen.getByRole("button", { name: "Retry" }).click());
  await screen.findByRole("option", { name: /cups and spoons/ });
  expect(screen.queryByText("The database is away.")).toBeNull();
});

it("closes by Escape and returns the focus", async () => {
  open();
  press(document.body, "k", { ctrlKey: true });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const button = screen.getByRole("button", { name: /^Jump to/ });
  button.focus();
  act(() => button.click());
  await waitFor(() => expect(document.activeElement).toBe(field()));
  press(field(), "Escape");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await waitFor(() => expect(document.activeElement).toBe(button));
});
