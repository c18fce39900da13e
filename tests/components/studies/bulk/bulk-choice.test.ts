import { describe, expect, it } from "vitest";
import { bulkStudy, firstBulkChoice } from "@/components/studies/bulk/bulk-choice";
import type { StudyHome } from "@/components/studies/study-home";
import type { Edit } from "@/lib/contract/edit";
import { bulkRequest } from "@/lib/contract/study";

const latent = { module: "m", index: 3 };
const edit: Edit = { operation: "clamp", value: 2, latent, isOn: true, scope: "all" };
const home: StudyHome = {
  runId: "r",
  collection: null,
  method: "stan",
  edits: [edit, { ...edit, value: 5, isOn: false }],
  onEdits: () => undefined,
  prompt: "Once",
  useChatTemplate: false,
};
const first = firstBulkChoice(home, null);

describe("a bulk study as it is chosen", () => {
  it("begins with the latents that are strongest on the page's prompt, ablated", () => {
    expect(bulkStudy(first, home)).toEqual({
      kind: "bulk",
      latents: { by: "firing", count: 64 },
      operation: "ablatePost",
      prompts: { texts: ["Once"], useChatTemplate: false },
      edits: [],
      continuationTokens: 32,
      targets: [],
    });
  });

  it("gives a value to operations that have one, a factor always raw", () => {
    expect(bulkStudy({ ...first, operation: "clamp", value: 2 }, home)).toMatchObject({ value: 2, unit: "p99" });
    expect(bulkStudy({ ...first, operation: "scale", value: 2 }, home)).toMatchObject({ value: 2, unit: "raw" });
  });

  it("tries the latents of the list of edits, each once, and says when there are none", () => {
    expect(bulkStudy({ ...first, by: "listed" }, home)).toMatchObject({ latents: [latent] });
    expect(bulkStudy({ ...first, by: "listed", listed: [] }, home)).toMatch(/Add latents/);
  });

  it("keeps on throughout only the edits that are on", () => {
    expect(bulkStudy({ ...first, kept: { by: "page", ofStudy: [] } }, home)).toMatchObject({ edits: [edit] });
  });

  it("begins again from an earlier study as that was", () => {
    const request = bulkRequest.parse({
      kind: "bulk",
      latents: { by: "selectivity", count: 7, domain: "law" },
      operation: "add",
      value: 1.5,
      unit: "max",
      prompts: { texts: ["a", "b"], useChatTemplate: false },
      targets: [" so", "\n"],
      continuationTokens: 5,
    });
    const { scope: _, ...asked } = request;
    expect(bulkStudy(firstBulkChoice(home, request), home)).toEqual(asked);
  });
});
