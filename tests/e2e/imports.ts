import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { modelList } from "@/lib/contract/api";
import { loraConfig } from "@/lib/contract/methods/lora/settings";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { openPage } from "./browser";
import { expectNoOverflow, narrow, type Place, wide } from "./open-latents";

const module = "model.layers.1.self_attn.v_proj";

/** A trainer's output folder: LoRA over the demonstration's model in its newest checkpoint, with what transformers logged of a training. */
function layOutputs(folder: string): void {
  const base = openSafetensors(resolve("demo/model/model.safetensors"));
  const [dOut = 0, dIn = 0] = base.shape(`${module}.weight`);
  base.close();
  const settings = loraConfig.parse({ method: "lora", rank: 2, alpha: 4, targets: { modules: ["v_proj"], layers: [1] } });
  const config = toAdapterConfigFile(settings, { baseModel: "someone/unheard-of", revision: null, fanInFanOut: false });
  const matrix = (rows: number, columns: number) => ({
    shape: [rows, columns] as const,
    data: Float32Array.from({ length: rows * columns }, (_, at) => 0.1 * Math.sin(at)),
  });
  const checkpoint = join(folder, "checkpoint-10");
  mkdirSync(folder);
  writeAdapter(checkpoint, { config, tensors: new Map([[module, { A: matrix(2, dIn), B: matrix(dOut, 2) }]]) });
  copyFileSync("tests/golden/trainer/resumed/trainer_state.json", join(checkpoint, "trainer_state.json"));
  writeFileSync(join(folder, "README.md"), "### Training hyperparameters\n\n- learning_rate: 0.01\n- seed: 42\n");
}

/** A run that was trained elsewhere: what the form refuses, and what is read of it. */
export function describeImports({ browser, url }: Place): void {
  describe("importing a run", () => {
    it("names what is wrong, takes a trainer's folder with its log, and lists the run as imported", async () => {
      const outputs = join(mkdtempSync(join(tmpdir(), "stanscope-import-")), "elsewhere");
      layOutputs(outputs);
      const { page, complaints } = await openPage(browser(), url(), wide);
      await page.goto("/runs/import");
      await page.getByLabel("Folder", { exact: true }).fill(outputs);
      await page.getByRole("button", { name: "Import", exact: true }).click();
      await page.getByRole("alert").filter({ hasText: 'trained on "someone/unheard-of"' }).first().waitFor();
      // The browser itself logs the status of the refusal.
      expect(complaints.splice(0).every((text) => /status of 4\d\d/.test(text))).toBe(true);

      const models = modelList.parse(await (await page.request.get("/api/models")).json()).models;
      const demonstration = models.find(({ path }) => path.endsWith("demo/model"));
      await page.getByLabel("Base model", { exact: true }).selectOption({ label: demonstration?.name ?? "" });
      await page.getByRole("button", { name: "Import", exact: true }).click();
      await page.waitForURL(/\/runs\/(?!import)/);
      await page.getByRole("heading", { name: "elsewhere checkpoint-10" }).waitFor();
      const panel = page.locator("section", { has: page.getByRole("heading", { name: "Imported", exact: true }) });
      for (const text of ["trainer_state.json", "someone/unheard-of", "42", "eval_accuracy at step 10, as stated"])
        await panel.getByText(text, { exact: true }).first().waitFor();
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
      await page.setViewportSize(narrow);
      await expectNoOverflow(page);
      await page.setViewportSize(wide);

      await page.goto("/");
      const row = page.locator("tr[data-run]").filter({ hasText: "elsewhere checkpoint-10" });
      await row.getByText("imported", { exact: true }).waitFor();
      await row.getByRole("link", { name: "elsewhere checkpoint-10" }).click();
      await page.getByRole("heading", { name: "elsewhere checkpoint-10" }).waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
      rmSync(outputs, { recursive: true });
    });
  });
}
