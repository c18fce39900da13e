// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ForgettingView } from "@/components/measures/forgetting/forgetting-view";
import { forgettingWords } from "@/components/measures/forgetting/forgetting-words";
import { collectionsQuery } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";
import type { ForgettingResult, ForgettingTrade } from "@/lib/contract/forgetting";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage, testClient } from "@/tests/support/page";

const bounded = (value: number) => ({ value, low: value - 0.1, high: value + 0.1 });
const trade: ForgettingTrade = {
  ...{ forgetting: bounded(0.5), forgettingAfter: bounded(0.1), gain: bounded(1), gainAfter: bounded(0.97), gainKept: bounded(0.97) },
};
const latent = { module: "m", index: 3 };
const result: ForgettingResult = {
  ...{ kind: "forgetting", isHeldOut: true },
  general: { rows: 4, labelTokens: 40, base: 2, adapter: 2.5 },
  own: { rows: 4, labelTokens: 40, base: 3, adapter: 2 },
  groups: [{ latents: [latent, { module: "m", index: 4 }], general: -0.3, own: 0.01 }],
  latents: [
    { latents: [latent], general: -0.3, own: 0.01 },
    { latents: [{ module: "m", index: 4 }], general: 0.1, own: 0 },
  ],
  ...{ proposed: [latent], expected: { ...trade, gainKept: bounded(0.99) }, measured: trade },
};

afterEach(() => vi.unstubAllGlobals());

describe("forgetting", () => {
  it("is told with what the proposed set undoes and keeps, on rows that did not choose it", () => {
    expect(forgettingWords(result, "latent")).toMatch(
      /0\.5000 nats per token above the base model’s\. Without 1 latent it is 0\.1000 above, 80.% of it undone and 97.% of the gain kept, on rows that did not choose them\./,
    );
    const nothing = { ...result, proposed: [], expected: null, measured: null };
    expect(forgettingWords(nothing, "latent")).toMatch(/Nothing is proposed: no set of latents/);
    expect(forgettingWords({ ...nothing, latents: [] }, "latent")).toMatch(/No group of candidates costs loss there/);
  });

  it("shows both halves, the latents, and writes a repaired run with the proposed ablations", async () => {
    const sent: unknown[] = [];
    vi.stubGlobal("fetch", async (_: string, init?: RequestInit) => {
      sent.push(JSON.parse(String(init?.body)));
      return new Response("{}", { status: 500 });
    });
    const client = testClient();
    client.setQueryData(collectionsQuery("r").queryKey, []);
    client.setQueryData(runRecordQuery("r").queryKey, recordOf(runDetailFixture({ steps: 3, step: 3 })));
    await renderPage(<ForgettingView runId="r" method="stan" result={result} isAtWork={false} />, client);
    const rows = screen.getAllByRole("row").map((row) => row.textContent);
    expect(rows.filter((row) => row?.includes("that measure"))).toHaveLength(3);
    expect(rows.filter((row) => row?.includes("that chose"))).toHaveLength(3);
    expect(rows.some((row) => row?.match(/#3.*yes/))).toBe(true);
    expect(screen.getByText("Try on the Steer page").getAttribute("href")).toMatch(/^\/runs\/r\/steer[?#].*ablatePost/);
    fireEvent.click(screen.getByText("Bake a repaired run"));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({ name: expect.stringMatching(/, repaired$/), edits: [{ operation: "ablatePost", latent }] });
    await screen.findByText("Could not bake");
  });
});
