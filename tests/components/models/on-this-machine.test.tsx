// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { OnThisMachine } from "@/components/models/on-this-machine";
import { hubCacheQuery } from "@/lib/client/hub";
import { modelsQuery } from "@/lib/client/models";
import type { CachedModel } from "@/lib/contract/hub";
import type { ModelSummary } from "@/lib/contract/model";
import { model } from "@/tests/components/new-run/small-model";
import { renderPage, testClient } from "@/tests/support/page";

const cached: CachedModel = {
  ...{ id: "owner/tiny", revision: `owner/tiny@${"a".repeat(40)}`, path: "/cache/tiny", format: "safetensors", sizeBytes: 2048 },
  support: { architecture: "llama", isSupported: true, nearest: null, missing: [] },
};
const odd: CachedModel = {
  ...{ ...cached, id: "owner/odd", revision: `owner/odd@${"b".repeat(40)}`, path: "/cache/odd" },
  support: { architecture: "hymba", isSupported: false, nearest: "llama", missing: [] },
};

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function draw(models: CachedModel[], added: ModelSummary[]) {
  const client = testClient();
  client.setQueryData(hubCacheQuery().queryKey, { folder: "/cache", models });
  client.setQueryData(modelsQuery().queryKey, added);
  return renderPage(<OnThisMachine />, client);
}

it("models that lie in the hub's cache are added in place by one click, those that cannot be run not at all", async () => {
  const sent: unknown[] = [];
  vi.stubGlobal("fetch", async (_: string, init?: RequestInit) => {
    sent.push(JSON.parse(String(init?.body)));
    return Response.json({
      ...{ id: "t", kind: "addModel", title: "Add", status: "queued", unit: "bytes", message: "", done: 0, total: null, error: null },
      createdAt: "2026-01-01T00:00:00.000Z",
    });
  });
  const gptq = { ...cached, id: "owner/gptq", path: "/cache/gptq", support: { ...cached.support, missing: ["reader of gptq weights"] } };
  draw([cached, odd, gptq], []);
  expect(screen.getByRole("button", { name: "Add owner/gptq" })).toHaveProperty("disabled", true);
  expect(screen.getByText(/hymba, not supported; nearest: llama/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Add owner/odd" })).toHaveProperty("disabled", true);
  fireEvent.click(screen.getByRole("button", { name: "Add owner/tiny" }));
  await waitFor(() => expect(screen.getByText("Started")).toBeTruthy());
  expect(sent).toEqual([{ source: "folder", path: "/cache/tiny" }]);
});

it("models that were added already, from there or by a download, are not offered", () => {
  draw(
    [cached, odd],
    [
      { ...model, path: "/cache/odd" },
      { ...model, id: "m2", revision: cached.revision },
    ],
  );
  expect(screen.queryByText("On this machine")).toBeNull();
});
