// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NewRunPage } from "@/components/new-run/new-run-page";
import { writeDraft } from "@/components/ui/drafts";
import { dataSetsQuery } from "@/lib/client/data";
import { jobsQuery } from "@/lib/client/jobs";
import { modelsQuery } from "@/lib/client/models";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { JobSummary } from "@/lib/contract/run";
import { renderPage, testClient } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";
import { dataSet } from "./small-data-set";
import { model } from "./small-model";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ push: () => undefined }),
  usePathname: () => "/runs/new",
  useSearchParams: () => new URLSearchParams(),
}));

const job: JobSummary = {
  ...{ id: "pasted", kind: "addDataSet", title: "Add pasted rows.jsonl", status: "running", unit: "bytes", message: "" },
  ...{ done: 0, total: null, error: null, createdAt: "2026-01-01T00:00:00.000Z" },
};
const added: DataSetSummary = {
  ...dataSet,
  ...{
    id: "pasted",
    name: "pasted rows",
    columns: [
      { name: "question", samples: ["2 + 3"] },
      { name: "reply", samples: ["5"] },
    ],
  },
};

let uploads: { path: string; text: Promise<string> }[];
let answer: { status: number; body: unknown };

class Upload {
  readonly upload = {};
  status = 0;
  responseText = "";
  onload: () => void = () => undefined;
  #path = "";
  open(_method: string, path: string) {
    this.#path = path;
  }
  setRequestHeader() {}
  send(file: File) {
    uploads.push({ path: this.#path, text: file.text() });
    this.status = answer.status;
    this.responseText = JSON.stringify(answer.body);
    queueMicrotask(() => this.onload());
  }
}

beforeEach(() => {
  sessionStorage.clear();
  for (const name of ["run/1/", "typed/run/1/", "paste-rows/1"]) writeDraft(name, undefined);
  uploads = [];
  answer = { status: 200, body: job };
  vi.stubGlobal("XMLHttpRequest", Upload);
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("fetch failed");
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function openForm(dataSets: readonly DataSetSummary[] = [dataSet]) {
  const client = testClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  client.setQueryData(dataSetsQuery().queryKey, [...dataSets]);
  client.setQueryData(jobsQuery().queryKey, { tasks: [], snapshot: { next: 1, open: [] } });
  return { client, ...renderPage(<NewRunPage />, client) };
}

function paste(text: string) {
  fireEvent.click(screen.getByRole("button", { name: "Add data here" }));
  typeInto("Pasted rows", text);
}

const rows = '{"question": "2 + 3", "reply": "5"}\n{"question": "1 + 1", "reply": "2"}';

it("adds pasted rows, keeps the form, and asks for the column that no name suggests", async () => {
  const { client } = openForm();
  typeInto("Name", "sums");
  paste(rows);
  fireEvent.click(screen.getByRole("button", { name: "Add 2 rows" }));
  await waitFor(() => expect(uploads.map(({ path }) => path)).toEqual(["/api/data/upload?name=pasted+rows.jsonl"]));
  expect(await uploads[0]?.text).toBe('{"question":"2 + 3","reply":"5"}\n{"question":"1 + 1","reply":"2"}\n');
  await waitFor(() => expect(screen.queryByLabelText("Pasted rows")).toBeNull());
  expect(textIn("Name")).toBe("sums");
  client.setQueryData(dataSetsQuery().queryKey, [added, dataSet]);
  await waitFor(() => expect(screen.getByText("Choose the column of the text.", { exact: false })).toBeTruthy());
  expect(screen.getByLabelText("Text").getAttribute("aria-invalid")).toBe("true");
  expect(within(screen.getByText("Not used").closest("tr") ?? expect.fail()).getByText("reply").title).toBe("First value: 5");
  fireEvent.change(screen.getByLabelText("Text"), { target: { value: "question" } });
  expect(screen.queryByText("Choose the column of the text.", { exact: false })).toBeNull();
});

it("keeps pasted rows when they are refused, and while the page is left", async () => {
  const { unmount } = openForm();
  paste(rows);
  answer = { status: 507, body: { error: { code: "unavailable", message: "The disk is full." } } };
  fireEvent.click(screen.getByRole("button", { name: "Add 2 rows" }));
  expect(await screen.findByText("The disk is full.")).toBeTruthy();
  unmount();
  openForm();
  expect(screen.getByLabelText<HTMLTextAreaElement>("Pasted rows").value).toBe(rows);
});

it("takes the rows of an upload that ended after the page was left, beside what was typed since", async () => {
  const { unmount } = openForm();
  paste(rows);
  typeInto("Name", "first");
  fireEvent.click(screen.getByRole("button", { name: "Add 2 rows" }));
  unmount();
  openForm([added, dataSet]);
  await waitFor(() => expect(screen.getByLabelText<HTMLSelectElement>("Rows").value).toBe("pasted"));
  expect(textIn("Name")).toBe("first");
});

it("opens with a place for rows where there are none", () => {
  openForm([]);
  expect(screen.getByLabelText("Pasted rows")).toBeTruthy();
});

it("sets what is written between prompt and completion", () => {
  openForm([{ ...added, columns: ["prompt", "completion"].map((name) => ({ name, samples: [] })) }]);
  fireEvent.change(screen.getByLabelText("Separator"), { target: { value: "other" } });
  typeInto("Separator text", "\\nA: ");
  expect(
    screen.getByText("Separator “\\nA: ” after each prompt. It carries no loss, except in a token it shares with the completion."),
  ).toBeTruthy();
  fireEvent.change(screen.getByLabelText("Separator"), { target: { value: "" } });
  expect(screen.getByText(/^No separator \(our default\)/)).toBeTruthy();
});
