import { beforeAll, describe, it } from "vitest";
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
