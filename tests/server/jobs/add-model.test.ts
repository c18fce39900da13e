import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readModel } from "@/server/db/library/models";
import { addModel } from "@/server/jobs/add-model";
import { jobAtWork } from "@/tests/support/job-at-work";
import { freshContext } from "@/tests/support/service-context";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const { store, dataFolder } = await freshContext();

it("adds an encoder of images with how its images are prepared", async () => {
  const path = join(temporaryFolder(), "vit");
  cpSync("tests/golden/vision/vit-silu", path, { recursive: true });
  const processor = {
    image_processor_type: "ViTImageProcessor",
    size: { height: 15, width: 15 },
    image_mean: [0, 0, 0],
    image_std: [1, 1, 1],
  };
  writeFileSync(join(path, "preprocessor_config.json"), JSON.stringify(processor));
  const id = await addModel(jobAtWork(store, { taskId: "t", dataFolder }), { path, name: null, isOwned: false });
  expect(await readModel(store.db, id)).toMatchObject({
    architecture: "vit",
    contextLength: 10,
    images: { size: { height: 15, width: 15 }, patch: { height: 5, width: 5 }, channels: 3 },
  });
});
