import { beforeAll, describe, expect, it } from "vitest";
import type { Generated } from "@/lib/contract/generate";
import { type Place, patient } from "./open-latents";
import {
  arms,
  armText,
  ask,
  busyLatents,
  type DemonstrationRun,
  demonstrationRun,
  downloaded,
  editsInAddress,
  editsOfPage,
  newestKept,
  onSteerPage,
  prompt,
  runAndWait,
  showsCount,
  steerPath,
} from "./steer-page";

/** What stays of steering: lists under a name and in files, the history, a run with the edits baked in. */
export function describeKeptEdits(place: Place): void {
  describe("what stays of steering", () => {
    let home: DemonstrationRun;
    let edits: string[];

    beforeAll(async () => {
      home = await demonstrationRun(place);
      const [first, second] = await busyLatents(place, home);
      edits = [`scale*${first.module}*${first.index}*4*all`, `clamp*${second.module}*${second.index}*1.5*generated*off`];
    });

    describe("a list of edits", () => {
      it("is saved under a name, found again on another page, written to a file and read from it", async () => {
        const file = await onSteerPage(place, steerPath(home, {}, edits), async (page) => {
          await page.getByRole("button", { name: "Saved", exact: true }).click();
          await page.getByLabel("Save this list").fill("less and more");
          await page.getByLabel("Note", { exact: true }).fill("for the tests");
          await page.getByRole("button", { name: "Save", exact: true }).click();
          await page.getByRole("button", { name: "More for less and more" }).click();
          return downloaded(page, () => page.getByRole("menuitem", { name: "Download" }).click());
        });
        expect(JSON.parse(file)).toMatchObject({ format: "stanscope-edits", run: home.run.id, name: "less and more" });
        await onSteerPage(place, steerPath(home, {}), async (page) => {
          await page.getByRole("button", { name: "Saved", exact: true }).click();
          await page.getByText("for the tests").waitFor();
          await page.getByRole("button", { name: "Open", exact: true }).click();
          await showsCount(page, "1 of 2 on");
          await expect.poll(() => editsInAddress(page), patient).toEqual(edits);
        });
        await onSteerPage(place, steerPath(home, {}), async (page) => {
          await page.getByRole("button", { name: "Saved", exact: true }).click();
          const upload = page.getByLabel("Open a file of edits");
          await upload.setInputFiles({ name: "edits.json", mimeType: "application/json", buffer: Buffer.from(file) });
          await page.getByRole("button", { name: "Open 2 edits" }).click();
          await showsCount(page, "1 of 2 on");
          expect(await editsOfPage(page)).toEqual(JSON.parse(file).edits);
          const wrong = file.replaceAll("scale", "shrink");
          await upload.setInputFiles({ name: "edits.json", mimeType: "application/json", buffer: Buffer.from(wrong) });
          await page.getByText("No edits opened").waitFor();
          await showsCount(page, "1 of 2 on");
        });
      });

      it("is baked as far as a matrix can hold it, into a run that writes what the edited arm wrote", async () => {
        const both = [edits[0] ?? "", (edits[1] ?? "").replace("*off", "")];
        const derived = await onSteerPage(place, steerPath(home, {}, both), async (page) => {
          await page.getByText("what is exact: edit 1.").waitFor();
          await page.getByText("Not edit 2: A fixed activation is no product of matrices").waitFor();
          await page.getByRole("button", { name: "Bake", exact: true }).click();
          await page.getByLabel("Run name").fill("Its busiest latent fourfold");
          await page.getByRole("dialog").getByRole("button", { name: "Bake", exact: true }).click();
          await page.getByRole("link", { name: "Open the new run" }).click();
          await page.getByRole("heading", { name: "Derived" }).waitFor();
          await page.getByText("1 edit baked in").waitFor();
          const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
          await page.locator("section").filter({ hasText: "1 edit baked in" }).getByRole("link", { name: home.run.name }).click();
          await page.waitForURL((address) => address.pathname === `/runs/${home.run.id}`);
          return id;
        });
        const [edit] = await onSteerPage(place, steerPath(home, {}, both), editsOfPage);
        const readings = async (run: string, arm: string, list: unknown[]) => {
          const body = { prompt, stream: false, sampling: { maxTokens: 17 }, arms: [arm], edits: list };
          const { arms: wrote } = await ask<Generated>(place, `/api/runs/${run}/generate`, body);
          return wrote[0]?.tokens.map(({ id, logProbability }) => `${id} ${logProbability.toFixed(4)}`);
        };
        const edited = await readings(home.run.id, "edited", [edit]);
        expect(await readings(derived, "adapter", [])).toEqual(edited);
        expect(await readings(home.run.id, "adapter", [])).not.toEqual(edited);
      });

      it("is not baked where nothing of it is exact", async () => {
        await onSteerPage(place, steerPath(home, {}, [(edits[1] ?? "").replace("*off", "")]), async (page) => {
          await page.getByText("Nothing here can be baked into an adapter.").waitFor();
          await page.getByText("it is there where the latent does not fire").waitFor();
          expect(await page.getByRole("button", { name: "Bake", exact: true }).count()).toBe(0);
        });
      });
    });

    it("the history lists what was generated, finds it by a word, and opens it as it was", async () => {
      await onSteerPage(place, steerPath(home, { prompt: "The quagga was", maxTokens: "5" }, edits), async (page) => {
        await runAndWait(page);
        const texts = await arms(page).locator("p").allTextContents();
        const kept = await newestKept(place, home);
        await page.getByLabel("Prompt", { exact: true }).fill("The okapi is");
        await runAndWait(page);
        await page.getByRole("button", { name: "History" }).click();
        const history = page.getByRole("dialog", { name: "History" });
        await expect.poll(() => history.locator("li").first().textContent(), patient).toContain("The okapi is");
        await history.getByPlaceholder("Search prompts and texts").fill("quagga");
        await expect.poll(() => history.locator("li").count(), patient).toBe(1);
        await history.locator("li button").first().click();
        await page.getByText(/^From the history, /).waitFor();
        expect(await arms(page).locator("p").allTextContents()).toEqual(texts);
        expect(kept.prompt).toBe("The quagga was");
        await page.getByRole("button", { name: "Restore settings" }).click();
        await expect.poll(() => page.getByLabel("Prompt", { exact: true }).inputValue(), patient).toBe("The quagga was");
        await page.getByRole("button", { name: "Back", exact: true }).click();
        await expect.poll(() => armText(page, 1).textContent(), patient).not.toBe(texts[1]);
      });
    });
  });
}
