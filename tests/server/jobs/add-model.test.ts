import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { addModel } from "@/server/jobs/add-model";
import { jobAtWork } from "@/tests/support/job-at-work";
import { freshContext } from "@/tests/support/service-context";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const { store, dataFolder } = await freshContext();

it("refuses an encoder of images, which pages do not show, and names the commands that read it", async () => {
  const path = join(temporaryFolder(), "vit");
  cpSync("tests/golden/vision/vit-silu", path, { recursive: true });
  const processor = {
    image_processor_type: "ViTImageProcessor",
    size: { height: 15, width: 15 },
    image_mean: [0, 0, 0],
    image_std: [1, 1, 1],
  };
  writeFileSync(join(path, "preprocessor_config.json"), JSON.stringify(processor));
  const refused = addModel(jobAtWork(store, { taskId: "t", dataFolder }), { path, name: null, isOwned: false });
  await expect(refused).rejects.toThrow("is an encoder of images; train and measure it with the headless commands");
});
