// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { ConditionField } from "@/components/steering/edit-card/condition-field";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith } from "@/tests/support/latent-detail";
import { renderPage } from "@/tests/support/page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const latent = { module: "m", index: 3 };

it("says that the statistics of the condition's latent could not be loaded, and loads them at the second try", async () => {
  let isBroken = true;
  vi.stubGlobal("fetch", async (path: string) => {
    if (!path.includes("/latents/")) return Response.json({ rows: [], total: 0, totalUnfiltered: 0, folded: [], totalFolded: 0 });
    if (isBroken) return Response.json({ error: { code: "internal", message: "broken here" } }, { status: 500 });
    return Response.json(latentDetailWith({ quantiles: { p50: 1, p95: 2, p99: 3 } }));
  });
  renderPage(
    <ConditionField
      edit={{ operation: "ablatePost", latent: { module: "m", index: 5 }, isOn: true, scope: "all" }}
      condition={{ latent, above: 0 }}
      context={{ runId: "r", collection: collectionWith(), method: "stan", adapter: null, reads: "tokens" }}
      onCondition={() => undefined}
    />,
  );
  const failed = await screen.findByRole("alert");
  expect(failed.textContent).toContain("Could not load this latent’s statistics: broken here");
  isBroken = false;
  fireEvent.click(within(failed).getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("button", { name: /^p99/ })).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});
