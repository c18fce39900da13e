// @vitest-environment happy-dom
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { MeasureTop } from "@/components/latent-table/measure-top";
import type { LatentPage } from "@/lib/contract/latent";
import { latentRowWith } from "@/tests/support/latent-detail";
import { testClient } from "@/tests/support/page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const rows = [1, 2, 3].map((index) => latentRowWith({ index, fireCount: index === 3 ? 0 : 7 }));
const page: LatentPage = { rows, total: 3, totalUnfiltered: 3, folded: [], totalFolded: 0 };
const job = {
  id: "j",
  kind: "measureEffects",
  title: "Effects of 2 latents",
  status: "queued",
  done: 0,
  total: null,
  unit: "latents",
  message: "",
  error: null,
  createdAt: "2026-01-01T00:00:00Z",
};

function renderButton(total: number, method: "stan" | "lora" = "stan", measured = 0): void {
  render(
    <QueryClientProvider client={testClient()}>
      <MeasureTop selection={{ collectionId: "c", sort: "readingOrder" }} method={method} one="latent" total={total} measured={measured} />
    </QueryClientProvider>,
  );
}

it("says what measuring the top 50 costs at most; of LoRA, which has one way of ablating, half", () => {
  renderButton(900);
  expect(screen.getByRole("button", { name: "Measure the top 50" })).toBeDefined();
  expect(screen.getByText(/At most 86 496 forward passes of a row: 96 held-out rows/)).toBeDefined();
  cleanup();
  renderButton(900, "lora");
  expect(screen.getByText(/At most 43 296 forward passes/)).toBeDefined();
});

it("measures the first latents of the table as it is ordered, dead ones left out, and shows the job", async () => {
  const asked: { path: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    asked.push({ path, body: typeof init?.body === "string" ? JSON.parse(init.body) : undefined });
    if (path.includes("/effects")) return Response.json(job);
    return Response.json(path.includes("/latents") ? page : { tasks: [job] });
  });
  renderButton(3);
  fireEvent.click(screen.getByRole("button", { name: "Measure the top 3" }));
  await screen.findByText("Effects of 2 latents");
  expect(asked.find(({ path }) => path.includes("/latents"))?.path).toContain("sort=readingOrder");
  const { module } = latentRowWith();
  await waitFor(() =>
    expect(asked.find(({ path }) => path.endsWith("/effects"))?.body).toEqual({
      latents: [
        { module, index: 1 },
        { module, index: 2 },
      ],
    }),
  );
});

it("says in place why nothing could be measured, and can be pressed again", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ error: { code: "internal", message: "broken here" } }, { status: 500 }));
  renderButton(3);
  fireEvent.click(screen.getByRole("button", { name: "Measure the top 3" }));
  expect((await screen.findByRole("alert")).textContent).toBe("Measurement failed: broken here");
  expect(screen.getByRole("button", { name: "Measure the top 3" })).toHaveProperty("disabled", false);
});

it("stays while fewer are measured than it would measure, and says how many", () => {
  renderButton(900, "stan", 1);
  expect(screen.getByText("Δ loss is measured for 1 latent.")).toBeDefined();
  cleanup();
  renderButton(900, "stan", 50);
  expect(screen.queryByRole("button")).toBeNull();
  cleanup();
  renderButton(0);
  expect(screen.queryByRole("button")).toBeNull();
});
