import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { collectionSettings } from "@/lib/contract/run-config";
import { createDictionary } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import { insertSavedEdits } from "@/server/db/steering/saved-edits";
import { saveExplainer } from "@/server/services/explainer/settings";
import { experimentSteps } from "@/tests/support/experiment-steps";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, loadCollection, storedCollection, storedRun } from "@/tests/support/stored-collection";
import { expectAccessible, type Look, onDesk, onPhone } from "./accessibility-violations";
import { launchBrowser, openPage } from "./browser";
import { narrow, wide } from "./open-latents";
import { startWebServer, type WebServer } from "./web-server";

const context = await freshContext();
const { store } = context;
const latents = [latentInput(0, 0, 10, "caf"), latentInput(0, 1, 40), latentInput(1, 0, 5)];
const { runId: run } = await storedCollection(store, latents);
const otherRun = await storedRun(store);
const dictionary = newId();
const origin = { kind: "neuronpedia", modelId: "gpt2", sourceId: "7-res" } as const;
await createDictionary(store.db, { id: dictionary, name: "gpt2 7-res", origin, settings: collectionSettings.parse({}) });
await loadCollection(store, { id: dictionary, runId: null }, latents);
const experiment = await experimentSteps(context).finished();

const latent = { module: "layers.0.q_proj", index: 0 };
const scaled = { operation: "scale", latent, value: 4, isOn: true, scope: "all" } as const;
await insertSavedEdits(store.db, { id: newId(), runId: run, name: "less of it", note: "", edits: [scaled] });
await saveExplainer(context, { isOn: true, endpoint: "http://127.0.0.1:9/v1", model: "a-model" });
const steer = `/runs/${run}/steer?edit=scale*${latent.module}*${latent.index}*4*all`;
const latentPage = `/runs/${run}/latents/${latent.module}/${latent.index}`;

let server: WebServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [server, browser] = await Promise.all([startWebServer(store.url), launchBrowser()]);
  ({ page } = await openPage(browser, server.url, wide, { reducedMotion: "reduce" }));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const prepared = [
  ["an experiment that has ended", `/experiments/${experiment}`, "Selected settings"],
  ["experiments", "/experiments", "small"],
  ["dictionaries", "/dictionaries", "gpt2 7-res"],
  ["the latents of a dictionary", `/dictionaries/${dictionary}/latents`, "3 latents"],
  ["a dictionary's latent", `/dictionaries/${dictionary}/latents/${latent.module}/${latent.index}`, "Activations when firing"],
] as const;

describe("a page whose data takes long to prepare", () => {
  it.each(prepared)("has nothing that axe finds wrong, light or dark, wide or narrow: %s", async (_name, path, shown) => {
    await page.setViewportSize(wide);
    await page.goto(path);
    await page.getByText(shown).filter({ visible: true }).first().waitFor();
    await expectAccessible(page);
  });

  it.each(prepared)("shows what it has with scripts off: %s", async (_name, path, shown) => {
    const withoutScripts = await browser.newContext({ viewport: wide, javaScriptEnabled: false, baseURL: server.url });
    onTestFinished(() => withoutScripts.close());
    const sent = await withoutScripts.newPage();
    await sent.goto(path);
    expect(await sent.getByRole("main").filter({ visible: true }).allInnerTexts()).toEqual([expect.stringContaining(shown)]);
  });
});

/** What opens over a page, and what is pressed to open it, in order. */
type Opening = { readonly name: string; readonly press: ReadonlyArray<() => Locator> };
const button = (name: string | RegExp) => () => page.getByRole("button", { name, exact: true }).first();
const item = (name: RegExp) => () => page.getByRole("menuitem", { name });
const filters: Opening = { name: "filters", press: [button("Filter")] };

const openings: ReadonlyArray<readonly [path: string, looks: readonly Look[], openings: readonly Opening[]]> = [
  [
    "/",
    onDesk,
    [
      { name: "the keys", press: [button("Keyboard shortcuts")] },
      { name: "the search", press: [button(/^Jump to/)] },
    ],
  ],
  [
    "/",
    onPhone,
    [
      { name: "the pages", press: [button("Menu")] },
      { name: "the search", press: [button(/^Jump to/)] },
    ],
  ],
  [
    `/runs/${run}/latents`,
    onDesk,
    [filters, { name: "columns", press: [button("Columns")] }, { name: "files of latents", press: [button("Export")] }],
  ],
  [`/runs/${run}/latents`, onPhone, [filters]],
  [latentPage, onDesk, [{ name: "what the explainer is sent", press: [button(/^Ask a-model/)] }]],
  [
    steer,
    onDesk,
    [
      { name: "the menu of an edit", press: [button(/^More for L0/)] },
      { name: "where an edit works", press: [button("all tokens")] },
      { name: "what may restrict an edit", press: [button("Restrict scope")] },
      { name: "the latent that an edit depends on", press: [button("Restrict scope"), item(/^Only if another latent/)] },
      { name: "operations", press: [button("Help on operations")] },
      { name: "a new adapter", press: [button("Bake")] },
      { name: "another run", press: [button("Arm")] },
      { name: "the history", press: [button("History")] },
      { name: "studies", press: [button("No studies yet")] },
      { name: "the menu of saved edits", press: [button("Saved"), button("More for less of it")] },
    ],
  ],
  [`/compare?runs=${run},${otherRun}`, onDesk, [{ name: "reports", press: [button("Report")] }]],
];

describe("what opens over a page", () => {
  it.each(openings)("has nothing that axe finds wrong: %s", async (path, looks, opened) => {
    await page.setViewportSize(looks === onPhone ? narrow : wide);
    await page.goto(path);
    for (const { name, press } of opened) {
      for (const target of press) await target().click();
      const shown = page.locator("[role=dialog], [role=menu]");
      await shown.waitFor();
      await expectAccessible(page, looks, name);
      await page.keyboard.press("Escape");
      await shown.waitFor({ state: "detached" });
    }
  });
});
