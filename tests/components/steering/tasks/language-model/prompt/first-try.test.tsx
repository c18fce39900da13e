// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { PromptSuggestion } from "@/components/steering/tasks/language-model/prompt/prompt-suggestion";
import { latentChoicesQuery, latentQueryOptions } from "@/lib/client/latents";
import type { LatentExample } from "@/lib/contract/latent";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";
import { renderPage, testClient } from "@/tests/support/page";

afterEach(cleanup);

const latent = { module: "m", index: 3 };
const example: LatentExample = {
  ...{ rank: 0, activation: 7, domain: null, context: 5, row: 5, position: 2, peak: 2, duplicates: 0 },
  tokens: ["a", " dull", " film"].map((text) => ({ text, activation: 0 })),
};

const row = latentRowWith({ ...latent, maxActivation: 7, minActivation: 0 });
const choices = { rows: [row], total: 1, totalUnfiltered: 1, folded: [{ count: 0, latents: [] }], totalFolded: 0 };
const detail = latentDetailWith({ row, quantiles: { p50: 2, p95: 4, p99: 5 }, examples: [example] });

it("offers, before any latent is edited, the first in reading order at its 99th percentile on the text before its strongest firing", () => {
  const client = testClient();
  client.setQueryData(latentChoicesQuery("c").queryKey, choices);
  client.setQueryData(latentQueryOptions({ collectionId: "c" }, latent).queryKey, detail);
  const onTry = vi.fn();
  renderPage(<PromptSuggestion collection={collectionWith({ id: "c" })} edits={[]} onPrompt={() => {}} onTry={onTry} />, client);
  fireEvent.click(screen.getByRole("button", { name: /^Try .*#3/ }));
  expect(onTry).toHaveBeenCalledWith("a dull", { operation: "clamp", latent, value: 5, isOn: true, scope: "all" });
});

it("offers nothing until the latent's text is known, so that a press acts at once", async () => {
  const client = testClient();
  client.setQueryData(latentChoicesQuery("c").queryKey, choices);
  renderPage(<PromptSuggestion collection={collectionWith({ id: "c" })} edits={[]} onPrompt={() => {}} onTry={() => {}} />, client);
  expect(screen.queryByRole("button")).toBeNull();
  act(() => void client.setQueryData(latentQueryOptions({ collectionId: "c" }, latent).queryKey, detail));
  expect(await screen.findByRole("button", { name: /^Try .*#3/ })).toBeTruthy();
});
