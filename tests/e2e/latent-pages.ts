import { describe, expect, it } from "vitest";
import { untilItListens } from "./browser";
import { expectNoOverflow, firstLatent, narrow, openLatents, type Place, patient, shownCount, typeIntoSearch } from "./open-latents";

/** What can be done with the latents of a finished STAN run; declared inside the file that starts the application. */
export function describeLatentPages(place: Place): void {
  describe("the table of latents", () => {
    it("sorts, filters by a module and by a histogram, and its address reproduces it", async () => {
      const { page, complaints } = await openLatents(place);
      const all = await shownCount(page);
      await page.getByRole("button", { name: "Max", exact: true }).click();
      await page.waitForURL(/sort=maxActivation/);
      await page
        .getByRole("button", { name: /latents, \d+ dead/ })
        .nth(1)
        .click();
      await page.waitForURL(/module=/);
      await expect.poll(() => shownCount(page), patient).toBeLessThan(all);
      const ofModule = await shownCount(page);
      const histogram = page.getByRole("group", { name: /^Distribution of Density;/ });
      const box = await histogram.boundingBox();
      if (box === null) throw new Error("the histogram over density is not drawn");
      await page.mouse.move(box.x + box.width * 0.5, box.y + 10);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.7, box.y + 10, { steps: 4 });
      expect(await page.evaluate(() => String(getSelection()))).toBe("");
      await page.mouse.up();
      await page.waitForURL(/ranges=density(:|%3A)[\d.e-]+\.\.[\d.e-]+/);
      await expect.poll(() => shownCount(page), patient).toBeLessThan(ofModule);
      const filtered = await shownCount(page);
      const first = await firstLatent(page).textContent();
      await page.reload();
      await firstLatent(page).waitFor();
      await expect.poll(() => shownCount(page), patient).toBe(filtered);
      expect(await firstLatent(page).textContent()).toBe(first);
      await page.getByRole("button", { name: "Clear", exact: true }).click();
      await expect.poll(() => shownCount(page), patient).toBe(all);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("is walked with the keyboard, and what is chosen goes on to steering", async () => {
      const { page } = await openLatents(place);
      for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
      await page.getByText("2 latents selected").waitFor();
      await page.keyboard.press("s");
      await page.waitForURL(/steer\?.*edit=scale.*edit=scale/);
      await page.getByText("2 of 2 on").waitFor();
      await page.context().close();
    });

    it("fetches only the pages in sight, to its very end", async () => {
      const { page } = await openLatents(place);
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await expect
        .poll(() => page.locator("tr[aria-rowindex]").last().getAttribute("aria-rowindex"), patient)
        .toBe(String((await shownCount(page)) + 1));
      expect(await page.locator("tr[aria-rowindex]").count()).toBeLessThan(80);
      await page.context().close();
    });
  });

  describe("a latent", () => {
    it("shows the examples of the strength that is brushed, and leads to the next in the table", async () => {
      const { page, complaints } = await openLatents(place);
      await firstLatent(page).click();
      await page.getByText("Activations when firing").waitFor();
      await page.getByLabel("Examples from").fill("1e6");
      await page.getByText("No examples in this range").waitFor();
      await page.waitForURL(/from=1000000/);
      await page.getByRole("button", { name: "All", exact: true }).click();
      await expect.poll(() => page.url(), patient).not.toMatch(/from=/);
      await page.keyboard.press("2");
      await page.waitForURL(/band=2/);
      await expect.poll(() => page.locator("section h3 kbd").first().textContent(), patient).toBe("2");
      const before = new URL(page.url()).pathname;
      // The keys lead where the links to its neighbours in the table do.
      const neighbour = (name: string) => page.getByRole("link", { name: `${name} latent`, exact: true }).waitFor();
      await neighbour("Next");
      await page.keyboard.press("j");
      await page.waitForURL((address) => address.pathname !== before);
      await page.getByText("Activations when firing").waitFor();
      await neighbour("Previous");
      await untilItListens(page);
      await page.keyboard.press("k");
      await page.waitForURL((address) => address.pathname === before);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });

  it("a text of one's own shows what fires at each token, and its address reproduces it", async () => {
    const { page, complaints } = await openLatents(place);
    await page.getByRole("link", { name: "Your text" }).click();
    await page.getByLabel("Text", { exact: true }).fill("And Moses said unto the people");
    await page.keyboard.press("Control+Enter");
    await page.getByText("What fires on the text").waitFor();
    await page.locator('[data-token="2"]').click();
    await page.getByText("Active at token 3").waitFor();
    await page.waitForURL(/#text=.*span=2-2/);
    await page.keyboard.press("Shift+ArrowRight");
    await page.getByText("What fires at tokens 3 – 4").waitFor();
    await page.waitForURL(/span=2-3/);
    await page.reload();
    await page.getByText("What fires at tokens 3 – 4").waitFor();
    await page.setViewportSize(narrow);
    await page.reload();
    await page.getByText("What fires at tokens 3 – 4").waitFor();
    await expectNoOverflow(page);
    await page.getByRole("button", { name: "attribution", exact: true }).click();
    await page.waitForURL(/by=attribution/);
    await page.getByText("Sum over the span of").waitFor();
    await page.getByRole("link", { name: "Open", exact: true }).first().click();
    await page.waitForURL(/\/latents\/.+\/\d+/);
    await page.getByText("Activations when firing").waitFor();
    await expectNoOverflow(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  describe("steering", () => {
    it("keeps prompt, settings and edits in its address", async () => {
      const { page, complaints } = await openLatents(place);
      await firstLatent(page).click();
      await page.getByText("Activations when firing").waitFor();
      await page.getByRole("link", { name: "Steer", exact: true }).last().click();
      await page.getByLabel("Prompt", { exact: true }).fill("And Moses said");
      await page.getByLabel("Operation").first().selectOption("clamp");
      await page.getByLabel("Activation", { exact: true }).first().fill("0");
      await page.waitForURL(/prompt=And\+Moses\+said.*edit=clamp\*.*\*0\*all/);
      await page.reload();
      expect(await page.getByLabel("Prompt", { exact: true }).inputValue()).toBe("And Moses said");
      await page.getByText("as if it never fired").waitFor();
      await page.getByLabel("Operation").first().selectOption("ablatePre");
      await page.waitForURL(/edit=ablatePre\*/);
      await page.getByText("the next latent is selected").waitFor();
      await typeIntoSearch(page, page.getByLabel("Find a latent by token, label or name"), "nowhere in the corpus");
      await page.getByText("No alive latent has this in its top tokens").waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("follows a link that is clicked right after typing, however slow the server is", async () => {
      const { page, complaints } = await openLatents(place);
      await firstLatent(page).click();
      await page.getByRole("link", { name: "Steer", exact: true }).last().click();
      const prompt = page.getByLabel("Prompt", { exact: true });
      await prompt.waitFor();
      const isWritten = page.waitForURL(/prompt=And\+Moses/);
      await page.route(/[?&]_rsc=/, (route) => isWritten.then(() => route.continue()));
      await prompt.fill("And Moses");
      await page.getByRole("navigation", { name: "Run" }).getByRole("link", { name: "Your text" }).click();
      await isWritten;
      await page.waitForURL(/\/text/);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });

  it("the pages of latents fit a phone", async () => {
    const { page, complaints } = await openLatents(place);
    await page.setViewportSize(narrow);
    await page.reload();
    await firstLatent(page).waitFor();
    await expectNoOverflow(page);
    await firstLatent(page).click();
    await page.getByText("Activations when firing").waitFor();
    await page.reload();
    await page.getByText("Activations when firing").waitFor();
    await expectNoOverflow(page);
    await page.getByRole("link", { name: "Steer", exact: true }).last().click();
    await page.getByLabel("Operation").first().waitFor();
    await expectNoOverflow(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}
