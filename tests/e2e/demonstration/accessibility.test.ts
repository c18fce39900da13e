import { beforeAll, describe, expect, it } from "vitest";
import type { LatentRow } from "@/lib/contract/latent";
import { expectAccessible, onDesk } from "@/tests/e2e/accessibility-violations";
import { openPage } from "@/tests/e2e/browser";
import { openDemonstration } from "@/tests/e2e/demonstration";
import { wide } from "@/tests/e2e/open-latents";
import { pagePaths, routesOfPages, unpreparedRoutes } from "@/tests/e2e/page-paths";
import { busyLatents, type DemonstrationRun, demonstrationRun, onSteerPage, prompt, runAndWait, steerPath } from "@/tests/e2e/steer-page";

const place = openDemonstration();

let stan: DemonstrationRun;
let latent: LatentRow;
let paths: Readonly<Record<string, string>>;

beforeAll(async () => {
  stan = await demonstrationRun(place);
  const lora = await demonstrationRun(place, /^LoRA r=/);
  [latent] = await busyLatents(place, stan);
  paths = pagePaths({ run: stan.run.id, otherRun: lora.run.id, module: latent.module, index: latent.index });
});

const routes = routesOfPages().filter((route) => !unpreparedRoutes.includes(route));

/** What is read in the main part of each page before any script has run: a number of the demonstration where the page has one. */
const sent: Readonly<Record<string, RegExp>> = {
  "(home)": /STAN M=512 k=4.*967\sk/s,
  api: /OpenAI-compatible.*\/v1/s,
  compare: /Parameters.*966\s656/s,
  data: /Demonstration corpus.*21\s315/s,
  "dictionaries/(list)": /No dictionaries yet/,
  "experiments/(list)": /No experiments yet/,
  "experiments/new": /3\s645 rows: validation/,
  explainer: /never shown again/,
  jobs: /Ablated on 96 held-out rows/,
  models: /5\.40\sM/,
  "runs/[run]": /medicine.*finished after 160 steps/s,
  "runs/[run]/benchmarks": /No benchmarks yet/,
  "runs/[run]/concepts": /No concepts yet/,
  "runs/[run]/latents/(table)": /of 1\s024 latents.*L\d down_proj\s#\d+/s,
  "runs/[run]/latents/[module]/[index]": /tokens\s+of \d+\s\d+ counted.*Examples/s,
  "runs/[run]/measures": /No measures yet/,
  "runs/[run]/steer": /L\d down_proj\s#\d+/,
  "runs/[run]/text": /What fires on your text\?/,
  "runs/import": /Small demonstration model/,
  "runs/new": /21\s315 rows/,
};

describe("every page, with scripts off", () => {
  it.each(routes)("shows its tables and numbers: %s", async (route) => {
    const context = await place.browser().newContext({ viewport: wide, javaScriptEnabled: false, baseURL: place.url() });
    const page = await context.newPage();
    await page.goto(paths[route] ?? `/${route}`);
    const shown = sent[route] ?? expect.fail(`nothing is expected of ${route}`);
    expect(await page.getByRole("main").filter({ visible: true }).allInnerTexts()).toEqual([expect.stringMatching(shown)]);
    await context.close();
  });
});

describe("every page", () => {
  it.each([...routes, "nowhere"])("has nothing that axe finds wrong, light or dark, wide or narrow: %s", async (route) => {
    const { page } = await openPage(place.browser(), place.url(), wide, { colorScheme: "light", reducedMotion: "reduce" });
    await page.goto(paths[route] ?? `/${route}`);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await expectAccessible(page);
    await page.context().close();
  });
});

describe("the page Steer", () => {
  it("has nothing that axe finds wrong with what was generated, or with what opens over it", async () => {
    const edits = [`scale*${latent.module}*${latent.index}*4*all`];
    await onSteerPage(place, steerPath(stan, { prompt, maxTokens: "9" }, edits), async (page) => {
      await page.emulateMedia({ reducedMotion: "reduce" });
      await runAndWait(page);
      await expectAccessible(page);
      await page.setViewportSize(wide);
      await page.locator('[data-position="2"]').click();
      const fired = page.getByRole("dialog", { name: "What fired here" });
      await fired.getByRole("button", { name: "Edit", exact: true }).first().waitFor();
      await expectAccessible(page, onDesk, "What fired here");
      await page.keyboard.press("Escape");
      await fired.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "History" }).click();
      await page.getByRole("dialog", { name: "History" }).getByRole("listitem").first().waitFor();
      await expectAccessible(page, onDesk, "History");
    });
  });
});
