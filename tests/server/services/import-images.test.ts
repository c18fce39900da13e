import { expect, it } from "vitest";
import { getRun } from "@/server/services/runs/get-run";
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
