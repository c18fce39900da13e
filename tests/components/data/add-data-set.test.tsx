// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AddDataSet } from "@/components/data/add-data-set";
import { writeDraft } from "@/components/ui/drafts";
import type { JobSummary } from "@/lib/contract/run";
import { renderPage } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const job: JobSummary = {
  ...{ id: "t", kind: "addDataSet", title: "Add notes", status: "queued", unit: "rows", message: "" },
  ...{ done: 0, total: null, error: null, createdAt: "2026-01-01T00:00:00.000Z" },
};
const onAdded = vi.fn();
let bodies: unknown[];
let answer: () => Response;

beforeEach(() => {
  sessionStorage.clear();
  writeDraft("add-data/1", undefined);
  onAdded.mockClear();
  bodies = [];
  answer = () => Response.json(job);
  vi.stubGlobal("fetch", async (_path: string, init?: RequestInit) => {
    bodies.push(JSON.parse(String(init?.body)));
    return answer();
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function addButton(): HTMLButtonElement {
  return screen.getByRole("button", { name: "Add" });
}

it("adds a path once there is one, with a name where one is typed, and says which job was started", async () => {
  renderPage(<AddDataSet onAdded={onAdded} />);
  expect(addButton().disabled).toBe(true);
  typeInto("Path on the server", " /data/notes.jsonl ");
  fireEvent.click(addButton());
  expect((await screen.findByText("Started: Add notes.")).getAttribute("role")).toBe("status");
  await waitFor(() => expect(textIn("Path on the server")).toBe(""));
  typeInto("Path on the server", "/data/b");
  typeInto("Name", "letters");
  fireEvent.click(addButton());
  await waitFor(() => expect(onAdded).toHaveBeenCalledTimes(2));
  expect(bodies).toEqual([{ path: "/data/notes.jsonl" }, { path: "/data/b", name: "letters" }]);
});

it("keeps what was typed when the server refuses, and sends the same again", async () => {
  renderPage(<AddDataSet onAdded={onAdded} />);
  answer = () => Response.json({ error: { code: "notFound", message: "No such file." } }, { status: 404 });
  typeInto("Path on the server", "/data/none");
  fireEvent.click(addButton());
  expect((await screen.findByText("No such file.")).closest("[role=alert]")?.textContent).toContain("Could not add the dataset");
  expect([textIn("Path on the server"), onAdded.mock.calls.length]).toEqual(["/data/none", 0]);
  answer = () => Response.json(job);
  fireEvent.click(addButton());
  await waitFor(() => expect(onAdded).toHaveBeenCalledOnce());
});

it("keeps a path while an upload is looked at", () => {
  renderPage(<AddDataSet onAdded={onAdded} />);
  typeInto("Path on the server", "/data/a");
  fireEvent.click(screen.getByRole("button", { name: "Upload" }));
  expect(screen.queryByLabelText("Path on the server")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Folder or file" }));
  expect(textIn("Path on the server")).toBe("/data/a");
});
