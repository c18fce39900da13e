import { beforeAll, describe, it } from "vitest";
import { expectAccessible, onDesk } from "@/tests/e2e/accessibility-violations";
import { openPage } from "@/tests/e2e/browser";
import { openDemonstration } from "@/tests/e2e/demonstration";
import { wide } from "@/tests/e2e/open-latents";
import { pagePaths, routesOfPages, unpreparedRoutes } from "@/tests/e2e/page-paths";
import { busyLatents, demonstrationRun } from "@/tests/e2e/steer-page";

const place = openDemonstration();

let paths: Readonly<Record<string, string>>;

beforeAll(async () => {
  const stan = await demonstrationRun(place);
  const lora = await demonstrationRun(place, /^LoRA r=/);
  const [latent] = await busyLatents(place, stan);
  paths = pagePaths({ run: stan.run.id, otherRun: lora.run.id, module: latent.module, index: latent.index });
});

const routes = routesOfPages().filter((route) => !unpreparedRoutes.includes(route));

describe("every page", () => {
  it.each([...routes, "nowhere"])("has nothing that axe finds wrong, light or dark: %s", async (route) => {
    const { page } = await openPage(place.browser(), place.url(), wide, { colorScheme: "light", reducedMotion: "reduce" });
    await page.goto(paths[route] ?? `/${route}`);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await expectAccessible(page, onDesk);
    await page.context().close();
  });
});
