// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NewRunPage } from "@/components/new-run/new-run-page";
import { writeDraft } from "@/components/ui/drafts";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import { renderPage, testClient } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";
import { dataSet } from "./small-data-set";
import { model } from "./small-model";

const push = vi.fn();
vi.mock("next/navigation", () => ({
  useRouter: () => ({ push }),
  usePathname: () => "/runs/new",
  useSearchParams: () => new URLSearchParams(),
}));

let started: { path: string; body: unknown }[];

beforeEach(() => {
  sessionStorage.clear();
  for (const name of ["run/1/", "typed/run/1/"]) writeDraft(name, undefined);
  push.mockClear();
  started = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    if (init?.method === "POST" && path.startsWith("/api/runs") && path !== "/api/runs/estimate")
      started.push({ path, body: JSON.parse(String(init.body)) });
    return Response.json({ error: { code: "unavailable", message: "No worker." } }, { status: 503 });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function openForm() {
  const client = testClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  client.setQueryData(dataSetsQuery().queryKey, [dataSet]);
  return renderPage(<NewRunPage />, client);
}

it("opens the folded section of a field that is wrong, and focuses the field, before anything is sent", async () => {
  openForm();
  const field = screen.getByLabelText("Warm-up, share");
  const section = field.closest("details");
  expect(section?.open).toBe(false);
  typeInto("Warm-up, share", "much");
  fireEvent.click(screen.getByRole("button", { name: /^Start/ }));
  await waitFor(() => expect(section?.open).toBe(true));
  expect(document.activeElement).toBe(field);
  expect(started).toEqual([]);
});

it("asks for both methods in one request, and keeps the form when that is refused", async () => {
  openForm();
  typeInto("Name", "pair");
  fireEvent.click(screen.getByRole("button", { name: "Start 2 runs" }));
  await waitFor(() => expect(screen.getByText("No worker.")).toBeTruthy());
  expect(started.map(({ path }) => path)).toEqual(["/api/runs/group"]);
  expect(started[0]?.body).toMatchObject({
    runs: [
      { group: "pair", config: { adapter: { method: "stan" } } },
      { group: "pair", config: { adapter: { method: "lora" } } },
    ],
  });
  expect(textIn("Name")).toBe("pair");
  expect(push).not.toHaveBeenCalled();
});

it("discards the draft once the runs started, though the page was left before the answer", async () => {
  let answer: (response: Response) => void = () => expect.fail("nothing was asked");
  const answered = new Promise<Response>((resolve) => {
    answer = resolve;
  });
  vi.stubGlobal("fetch", (path: string) => (path === "/api/runs/group" ? answered : Promise.reject(new TypeError("away"))));
  const view = openForm();
  typeInto("Name", "left meanwhile");
  fireEvent.click(screen.getByRole("button", { name: "Start 2 runs" }));
  view.unmount();
  expect(Object.keys(sessionStorage)).toContain("draft/run/1/");
  answer(Response.json({ runs: [] }));
  await waitFor(() => expect(Object.keys(sessionStorage)).toEqual([]));
});

function refuse(field: string, message: string) {
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    if (init?.method === "POST" && path.startsWith("/api/runs") && path !== "/api/runs/estimate")
      started.push({ path, body: JSON.parse(String(init.body)) });
    return Response.json({ error: { code: "invalid", message, field } }, { status: 400 });
  });
}

it.each([
  ["runs.0.config.training.warmupFraction", "Warm-up, share"],
  ["runs.1.config.training.learningRate", "Learning rate, LoRA"],
  ["runs.0.config.data.mapping.text", "Text"],
  ["runs.0.config.adapter.targets.layers.3", "Layers"],
  ["runs.0.config.adapter.k", "Active per token, k, exactly"],
])("leads to the field of %s, which the server refused, with the reason beside it until the form is changed", async (path, label) => {
  openForm();
  const field = screen.getByLabelText(label);
  refuse(path, "Not that.");
  fireEvent.click(screen.getByRole("button", { name: "Start 2 runs" }));
  await waitFor(() => expect(document.activeElement).toBe(field));
  expect(field.closest("details")?.open ?? true).toBe(true);
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Not that.");
  fireEvent.click(screen.getByRole("button", { name: "Start 2 runs" }));
  await waitFor(() => expect(started).toHaveLength(2));
  typeInto("Name", "another");
  expect(field.getAttribute("aria-invalid")).not.toBe("true");
});
