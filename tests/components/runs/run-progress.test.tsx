// @vitest-environment happy-dom
import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RunProgress } from "@/components/runs/run-progress";
import type { RunSummary } from "@/lib/contract/run";
import { pageOver, testClient } from "@/tests/support/page";
import { runDetailFixture } from "./run-detail-fixture";

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const { run } = runDetailFixture({ steps: 10, step: 10 });

function collecting(tokens: number) {
  const collection = { id: "c", status: "running", positionKind: "token", tokens, maxTokens: 8000 } satisfies RunSummary["collection"];
  return <RunProgress run={{ ...run, status: "finished", collection }} newestStep={null} />;
}

it("says of statistics how much is done, how fast, and how long they take", () => {
  const client = testClient();
  const { container, rerender } = render(pageOver(client, collecting(1000)));
  expect(container.textContent).toContain("1\u00a0000 of 8\u00a0000 tokens");
  vi.setSystemTime(Date.now() + 2000);
  rerender(pageOver(client, collecting(3000)));
  expect(container.textContent).toContain("3\u00a0000 of 8\u00a0000 tokens · 1\u00a0000/s · 5\u00a0s left");
});
