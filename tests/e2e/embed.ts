import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { openPage } from "./browser";
import { expectNoOverflow, narrow, type Place, patient, wide } from "./open-latents";
import { busyLatents, demonstrationRun, nameOf } from "./steer-page";

/** A latent in a frame of another page (`?embed=1`); declared inside the file that starts the application. */
export function describeEmbed(place: Place): void {
  describe("a latent that is embedded", () => {
    it("is drawn without the bar and read-only, and its links open in new windows", async () => {
      const { path, name } = await busiest(place);
      const { page, complaints } = await openPage(place.browser(), place.url(), wide);
      await page.goto(`${path}?embed=1`);
      await page.getByRole("heading", { level: 1, name }).waitFor();
      await page.getByText("Activations when firing").waitFor();
      expect(await page.getByRole("navigation").count()).toBe(0);
      expect(await page.getByRole("button", { name: /^(Save|Measure)/ }).count()).toBe(0);
      await page.setViewportSize(narrow);
      await expectNoOverflow(page);
      const opened = page.waitForEvent("popup");
      await page.getByRole("link", { name: /in Stanscope$/ }).click();
      const whole = await opened;
      await whole.waitForURL((address) => address.pathname === path && !address.searchParams.has("embed"));
      await whole.getByRole("navigation", { name: "Run" }).waitFor();
      expect(new URL(page.url()).searchParams.get("embed")).toBe("1");
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("is shown in a frame of another site, where no other page is", async () => {
      const { path, name } = await busiest(place);
      const frames = [`${path}?embed=1`, path].map((src) => `<iframe src="${place.url()}${src}" width="800" height="600"></iframe>`);
      const site = createServer((_, response) => response.setHeader("content-type", "text/html").end(frames.join("")));
      const address = await listen(site);
      const context = await place.browser().newContext({ viewport: wide });
      const page = await context.newPage();
      await page.goto(address);
      await page.frameLocator("iframe").first().getByRole("heading", { level: 1, name }).waitFor();
      await expect.poll(() => page.frames().map((frame) => frame.url()), patient).toContain("chrome-error://chromewebdata/");
      await context.close();
    });
  });
}

/** The page of the latent that fires most, and its name. */
async function busiest(place: Place): Promise<{ path: string; name: string }> {
  const home = await demonstrationRun(place);
  const [latent] = await busyLatents(place, home);
  return { path: `/runs/${home.run.id}/latents/${encodeURIComponent(latent.module)}/${latent.index}`, name: nameOf(latent, home) };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
