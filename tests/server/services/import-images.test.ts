import { expect, it } from "vitest";
import { getRun } from "@/server/services/runs/get-run";
import { importDiffusionRun } from "@/tests/support/diffusion-run";
import { importRedRun } from "@/tests/support/red-patches";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();

it("imports an adapter over a vision encoder with a folder of images, whose folders must be its classes", async () => {
  const run = await importRedRun(context);
  expect((await getRun(context, run)).config).toMatchObject({
    task: { kind: "classification", labels: ["plain", "red"] },
    data: { kind: "dataSet", mapping: { kind: "labelledImage", label: "label" } },
  });
  await expect(importRedRun(context, { labels: ["grey", "red"] })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining('The column "label" contains "plain"'),
  });
});

it("imports an adapter over a diffusion model, which learned to denoise images", async () => {
  const run = await importDiffusionRun(context);
  expect((await getRun(context, run)).config).toMatchObject({
    task: { kind: "denoising" },
    adapter: { method: "stan", numLatents: 6, k: 2, targets: { modules: ["transformer_blocks.0.attn1.to_v"], layers: null } },
    data: { kind: "dataSet", mapping: { kind: "labelledImage", label: "label" } },
  });
});
