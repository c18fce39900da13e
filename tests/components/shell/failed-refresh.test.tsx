// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NewExperimentPage } from "@/components/experiments/form/new-experiment-page";
import { NewRunPage } from "@/components/new-run/new-run-page";
import { LiveStatus } from "@/components/shell/live-status";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import { statusQuery } from "@/lib/client/status";
import type { SystemStatus, WorkerSummary } from "@/lib/contract/worker";
import { dataSet } from "@/tests/components/new-run/small-data-set";
import { model } from "@/tests/components/new-run/small-model";
import { pageOver, readAgain, renderPage, testClient } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ push: () => undefined }),
  usePathname: () => "/runs/new",
  useSearchParams: () => new URLSearchParams(),
}));

const stream = vi.hoisted(() => ({ connection: "connecting" }));
vi.mock("@/components/shell/connection", () => ({ useConnection: () => stream.connection }));

const serverIsAway = async () => {
  throw new TypeError("fetch failed");
};

beforeEach(() => {
  stream.connection = "connecting";
  vi.stubGlobal("fetch", vi.fn(serverIsAway));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function filledClient() {
  const client = testClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  client.setQueryData(dataSetsQuery().queryKey, [dataSet]);
  return client;
}

it.each([
  ["a new run", NewRunPage],
  ["a new experiment", NewExperimentPage],
])("keeps the form of %s when a later reading fails, and says so above it", async (_name, Page) => {
  const client = filledClient();
  renderPage(<Page />, client);
  typeInto("Name", "three seeds");
  await readAgain(client);
  expect(textIn("Name")).toBe("three seeds");
  expect(screen.getByText(/Could not refresh/).textContent).toContain("cannot be reached");
});

it("takes the note away once Retry reads all again", async () => {
  const client = filledClient();
  renderPage(<NewExperimentPage />, client);
  await readAgain(client);
  vi.mocked(fetch).mockImplementation(async (path) =>
    Response.json(path === "/api/models" ? { models: [model] } : { dataSets: [dataSet] }),
  );
  fireEvent.click(screen.getByRole("button", { name: "Retry" }));
  await waitFor(() => expect(screen.queryByText(/Could not refresh/)).toBeNull());
});

it("shows the failure in place of a page that never had its data, and tries again what failed", async () => {
  const client = testClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  renderPage(<NewExperimentPage />, client);
  await screen.findByText("Could not load the form");
  vi.mocked(fetch).mockClear();
  vi.mocked(fetch).mockImplementation(async () => Response.json({ dataSets: [dataSet] }));
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByLabelText("Name");
  expect(vi.mocked(fetch).mock.calls.map(([path]) => path)).toContain("/api/data");
  expect(vi.mocked(fetch).mock.calls.map(([path]) => path)).not.toContain("/api/models");
});

it("says what to do where the server was lost before its status was read", async () => {
  stream.connection = "lost";
  renderPage(<LiveStatus />, testClient());
  expect(screen.getByText("Reconnecting…")).toBeTruthy();
  const note = await screen.findByText(/^Could not read the server’s status\./);
  expect(note.textContent).toContain("cannot be reached. Is `npm start` still running?");
  expect(screen.getByRole("button", { name: "Retry" })).toBeTruthy();
});

it("reads again what failed, data or none, once events arrive again", async () => {
  const client = testClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  const view = renderPage(<NewExperimentPage />, client);
  await screen.findByText("Could not load the form");
  vi.mocked(fetch).mockImplementation(async () => Response.json({ dataSets: [dataSet] }));
  stream.connection = "open";
  view.rerender(pageOver(client, <NewExperimentPage />));
  expect(await screen.findByLabelText("Name")).toBeTruthy();
});

it("reads again what failed once a worker is there, since only a worker answers some questions", async () => {
  stream.connection = "open";
  const client = testClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  const status = (isAlive: boolean): SystemStatus => ({
    version: "0",
    dataFolder: "/data",
    workers: [{ ...worker, isAlive }],
    notices: [],
    demonstration: "absent",
  });
  client.setQueryData(statusQuery().queryKey, status(false));
  renderPage(<NewExperimentPage />, client);
  await screen.findByText("Could not load the form");
  vi.mocked(fetch).mockImplementation(async () => Response.json({ dataSets: [dataSet] }));
  act(() => void client.setQueryData(statusQuery().queryKey, status(true)));
  expect(await screen.findByLabelText("Name")).toBeTruthy();
});

const worker: WorkerSummary = {
  id: "w",
  host: "here",
  device: "CPU",
  backend: "tensorflow",
  version: "0",
  isAlive: true,
  heartbeatAt: "2026-01-01T00:00:00.000Z",
  memoryBytes: 7,
  loadedModels: [],
  doing: null,
};
