import { expect, it } from "vitest";
import type { PlannedRun } from "@/lib/contract/memory-plan";
import { savedByRemedies } from "@/lib/contract/memory-remedies";
import { adapterConfig } from "@/lib/contract/run-config";
import { model as small } from "@/tests/components/new-run/small-model";

const run: PlannedRun = {
  adapter: adapterConfig.parse({ method: "lora", rank: 4, alpha: 8, targets: { modules: ["q_proj"], layers: null } }),
  training: { batchRows: 8, microBatchRows: null, maxTokens: 256, recomputeBlocks: false },
  frozenDtype: "float32",
};
const images = { resize: null, filter: null, size: { height: 224, width: 224 }, patch: { height: 14, width: 14 }, channels: 3 as const };

function offered(model: typeof small): string[] {
  return savedByRemedies(run, model).map(({ remedy }) => remedy);
}

it("offers shorter rows for texts, and not for images, which are never cut", () => {
  expect(offered(small)).toContain("halfLength");
  const ofImages = offered({ ...small, images: { ...images, mean: null, std: null } });
  expect(ofImages).toContain("oneRow");
  expect(ofImages).not.toContain("halfLength");
});
