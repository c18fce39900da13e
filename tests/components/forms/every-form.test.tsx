// @vitest-environment happy-dom
import type { QueryClient } from "@tanstack/react-query";
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AddBenchmark } from "@/components/benchmarks/add-benchmark";
import { CollectForm } from "@/components/collections/collect-form";
import { AddDataSet } from "@/components/data/add-data-set";
import { ImportDictionary } from "@/components/dictionaries/import-dictionary";
import { NewExperimentPage } from "@/components/experiments/form/new-experiment-page";
import { ExplainerForm } from "@/components/labels/explainer-form";
import { LabelLine } from "@/components/labels/label-line";
import { ForgettingForm } from "@/components/measures/forgetting/forgetting-form";
import { GainForm } from "@/components/measures/gain/gain-form";
import { AddModel } from "@/components/models/add-model";
import { HubToken } from "@/components/models/hub/hub-token";
import { NewRunPage } from "@/components/new-run/new-run-page";
import { ImportRunPage } from "@/components/runs/import/import-run-page";
import { BakeForm } from "@/components/steering/edit-files/bake-form";
import { SavedEdits } from "@/components/steering/edit-files/saved-edits";
import { BulkForm } from "@/components/studies/bulk/bulk-form";
import { DoseForm } from "@/components/studies/dose/dose-form";
import { EvaluationForm } from "@/components/studies/evaluation/evaluation-form";
import type { StudyHome } from "@/components/studies/study-home";
import { writeDraft } from "@/components/ui/drafts";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery } from "@/lib/client/runs";
import { savedEditsQuery } from "@/lib/client/saved-edits";
import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import type { Edit } from "@/lib/contract/edit";
import type { JobSummary } from "@/lib/contract/run";
import type { SavedEdits as Saved } from "@/lib/contract/steering";
import { doseRequest } from "@/lib/contract/study";
import { smallCollection } from "@/tests/components/latent-table/small-collection";
import { dataSet } from "@/tests/components/new-run/small-data-set";
import { model } from "@/tests/components/new-run/small-model";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage, testClient } from "@/tests/support/page";
import { experiment } from "@/tests/support/report/experiment";
import { textIn, typeInto } from "@/tests/support/typed-field";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ push: () => undefined }),
  usePathname: () => "/",
  useSearchParams: () => new URLSearchParams(),
}));

const at = "2026-01-01T00:00:00.000Z";
const detail = runDetailFixture({ steps: 3, step: 3 });
const latent = { module: "m", index: 3 };
const edit: Edit = { operation: "clamp", value: 2, latent, isOn: true, scope: "all" };
const saved: Saved = { id: "e", runId: "r", name: "louder", note: "", edits: [edit], createdAt: at, updatedAt: at };
const job: JobSummary = {
  ...{ id: "t", kind: "addModel", title: "Add", status: "queued", unit: "bytes", message: "" },
  ...{ done: 0, total: null, error: null, createdAt: at },
};
const benchmark: BenchmarkSummary = {
  ...{ id: "b", name: "rows", isGeneral: false, task: { kind: "languageModel" }, dataName: "rows", numRows: 7, rowsHash: "h" },
  rows: {
    ...{ dataSetId: dataSet.id, mapping: { kind: "text", text: "text" }, domains: null, part: { kind: "all" } },
    ...{ count: 7, maxTokens: 7, useChatTemplate: false },
  },
  ...{ domains: [], createdAt: at },
};
const study = { id: "s", runId: "r", kind: "dose", name: "one", createdAt: at, task: null };
const home: StudyHome = {
  ...{ runId: "r", collection: null, method: "stan", edits: [edit], onEdits: () => undefined },
  ...{ prompt: "Once", useChatTemplate: false },
};
const fromDose = doseRequest.parse({ kind: "dose", latent, operation: "add", values: [1, 2], prompts: { texts: ["Once"] } });

type Form = {
  readonly name: string;
  readonly page: () => ReactNode;
  /** What is done before anything is typed. */
  readonly open?: () => void;
  readonly label: string;
  readonly text: string;
  /** Pressed before the button that sends it. */
  readonly first?: string;
  readonly button: string | RegExp;
  /** A path in the request that the server refuses, and the field where that is shown. */
  readonly refused: readonly [path: string, label: string];
  readonly answer: unknown;
};

const forms: readonly Form[] = [
  {
    ...{ name: "a new dataset", page: () => <AddDataSet onAdded={() => undefined} />, label: "Path on the server", text: "/data/rows.csv" },
    ...{ button: "Add", refused: ["name", "Name"], answer: job },
  },
  {
    ...{ name: "a dictionary", page: () => <ImportDictionary />, label: "Path on the server", text: "/exports/gpt2" },
    ...{ button: "Import", refused: ["path", "Path on the server"], answer: job },
  },
  {
    ...{ name: "a model in a folder", page: () => <AddModel />, label: "Path on the server", text: "/models/tiny" },
    ...{ button: "Add", refused: ["path", "Path on the server"], answer: job },
  },
  {
    ...{ name: "a model of the hub", page: () => <AddModel />, open: () => fireEvent.click(screen.getByText("Hub")) },
    ...{ label: "Model on the hub", text: "owner/name", first: "Look up", button: "Fetch", refused: ["revision", "Revision"], answer: job },
  },
  {
    name: "the explainer",
    page: () => <ExplainerForm settings={{ isOn: false, endpoint: "", model: "", hasKey: false }} />,
    ...{ label: "Endpoint", text: "http://127.0.0.1:8080/v1", button: "Save", refused: ["endpoint", "Endpoint"] },
    answer: { isOn: false, endpoint: "", model: "", hasKey: false },
  },
  {
    name: "a label",
    page: () => (
      <LabelLine collectionId="c" latent={latent} label={null} automatic="" nameOf={() => "L0 #7"} hrefOf={() => "/"} onNext={null} />
    ),
    ...{ label: "Label", text: "rain", button: "Save", refused: ["text", "Label"], answer: { labels: [] } },
  },
  {
    ...{ name: "an import of a run", page: () => <ImportRunPage />, label: "Folder", text: "/outputs/checkpoint-500", button: "Import" },
    ...{ refused: ["modelId", "Base model"], answer: detail.run },
  },
  {
    name: "a collection",
    page: () => <CollectForm runId="r" run={detail.run} />,
    ...{
      label: "Max counted tokens",
      text: "70",
      button: "Collect statistics",
      refused: ["attributionRows", "Held-out rows for attribution"],
    },
    answer: smallCollection,
  },
  {
    name: "a measure of forgetting",
    page: () => (
      <ForgettingForm runId="r" dataSets={[{ ...dataSet, mapping: { kind: "text", text: "text" } }]} onStarted={() => undefined} />
    ),
    open: () => fireEvent.change(screen.getByLabelText("General text"), { target: { value: dataSet.id } }),
    ...{ label: "Candidates", text: "70", button: "Measure", refused: ["study.keptGain", "Share of the gain to keep"] },
    answer: { ...study, kind: "forgetting" },
  },
  {
    ...{ name: "a measure of the gain kept", page: () => <GainForm runId="r" onStarted={() => undefined} />, label: "Held-out rows" },
    ...{ text: "70", button: "Measure", refused: ["study.randomOrders", "Random orders"], answer: { ...study, kind: "gain" } },
  },
  {
    name: "a benchmark",
    page: () => (
      <AddBenchmark
        run={detail.run}
        formRun={{ dataSetId: dataSet.id, mapping: { kind: "text", text: "text" }, validationRows: 3, task: "languageModel" }}
        isMeasured={false}
        onDone={() => undefined}
      />
    ),
    ...{ label: "Name", text: "rows", button: "Add", refused: ["rows.maxTokens", "Max tokens per row"], answer: benchmark },
  },
  {
    name: "a list of edits to save",
    page: () => <SavedEdits runId="r" home={{ method: "stan", modules: [] }} edits={[edit]} onOpen={() => undefined} />,
    ...{ label: "Save this list", text: "quieter", button: "Save", refused: ["name", "Save this list"], answer: saved },
  },
  {
    name: "a saved list's name",
    page: () => <SavedEdits runId="r" home={{ method: "stan", modules: [] }} edits={[]} onOpen={() => undefined} />,
    open: () => {
      fireEvent.pointerDown(screen.getByLabelText("More for louder"), { button: 0, ctrlKey: false });
      fireEvent.click(screen.getByText("Name and note…"));
    },
    ...{ label: "Name", text: "quieter", button: "Save", refused: ["name", "Name"], answer: saved },
  },
  {
    name: "a bake",
    page: () => (
      <Dialog.Root>
        <BakeForm runId="r" baked={[edit]} refused={[]} />
      </Dialog.Root>
    ),
    ...{ label: "Run name", text: "louder", button: "Bake", refused: ["name", "Run name"], answer: { runId: "d", task: job } },
  },
  {
    name: "a dose",
    page: () => <DoseForm home={home} draftName="dose/1/r" from={fromDose} onStarted={() => undefined} />,
    ...{ label: "Values", text: "1, 2, 3", button: "Start", refused: ["study.values.1", "Values"], answer: study },
  },
  {
    name: "many latents",
    page: () => <BulkForm home={home} draftName="bulk/1/r" from={null} onStarted={() => undefined} />,
    ...{ label: "How many", text: "7", button: "Start", refused: ["study.latents.count", "How many"], answer: study },
  },
  {
    name: "an evaluation",
    page: () => <EvaluationForm home={home} draftName="evaluation/1/r" from={null} onStarted={() => undefined} />,
    ...{ label: "Held-out rows", text: "7", button: "Start", refused: ["study.heldOutRows", "Held-out rows"], answer: study },
  },
  {
    ...{ name: "a new run", page: () => <NewRunPage />, label: "Name", text: "pair", button: /^Start 2 runs/ },
    ...{ refused: ["runs.0.config.training.warmupFraction", "Warm-up, share"], answer: { runs: [detail.run] } },
  },
  {
    ...{ name: "a new experiment", page: () => <NewExperimentPage />, label: "Name", text: "three seeds", button: "Start" },
    ...{ refused: ["finalSeeds.1", "Seeds"], answer: experiment() },
  },
];

/** How the server answers what the form sends. */
let answer: () => Response;

beforeEach(() => {
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    if (path === "/api/experiments/estimate") return Response.json(experiment().estimate);
    const isSent = ["POST", "PUT"].includes(init?.method ?? "") && !path.includes("preview");
    return isSent ? answer() : Response.json({ error: { code: "unavailable", message: "No worker." } }, { status: 503 });
  });
});
afterEach(() => {
  cleanup();
  for (const name of draftNames()) writeDraft(name, undefined);
  vi.unstubAllGlobals();
});

function draftNames(): string[] {
  return Object.keys(sessionStorage).map((key) => key.replace(/^draft\//, ""));
}

function clientOf(): QueryClient {
  const client = testClient();
  client.setQueryData(runRecordQuery("r").queryKey, recordOf(detail));
  client.setQueryData(modelsQuery().queryKey, [model]);
  client.setQueryData(dataSetsQuery().queryKey, [dataSet]);
  client.setQueryData(savedEditsQuery("r").queryKey, [saved]);
  return client;
}

function draw({ page, open }: Form) {
  const view = renderPage(page(), clientOf());
  open?.();
  return view;
}

/** Presses it once it may be pressed: an experiment is estimated first. */
async function press(button: string | RegExp): Promise<void> {
  await waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: button }).disabled).toBe(false));
  fireEvent.click(screen.getByRole("button", { name: button }));
}

describe.each(forms)("the form of $name", (form) => {
  const { label, text, first, button, refused } = form;

  it("shows a refusal at the field that the server names, and keeps what was typed", async () => {
    const [path, place] = refused;
    answer = () => Response.json({ error: { code: "invalid", message: "Not that.", field: path } }, { status: 400 });
    draw(form);
    typeInto(label, text);
    if (first !== undefined) await press(first);
    await press(button);
    const field = screen.getByLabelText(place);
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Not that.");
    expect(textIn(label)).toBe(text);
  });

  it("is as it was typed after its page was left, and empty once it was sent", async () => {
    answer = () => Response.json(form.answer);
    const view = draw(form);
    typeInto(label, text);
    const [name = ""] = draftNames();
    expect(sessionStorage.getItem(`draft/${name}`)).toContain(JSON.stringify(text).slice(1, -1));
    view.unmount();
    draw(form);
    expect(textIn(label)).toBe(text);
    if (first !== undefined) await press(first);
    await press(button);
    await waitFor(() => expect(draftNames()).toEqual([]));
  });
});

describe.each([
  { name: "a collection", label: "Max counted tokens", text: "12e" },
  { name: "a benchmark", label: "Max rows", text: "few" },
  { name: "a dose", label: "Rows for the loss", text: "few" },
  { name: "many latents", label: "How many", text: "few" },
  { name: "an evaluation", label: "Held-out rows", text: "few" },
  { name: "a new run", label: "Warm-up, share", text: "much" },
  { name: "a new experiment", label: "Steps", text: "2.000" },
])("the form of $name", ({ name, label, text }) => {
  it(`sends nothing while ${label} is wrong, and leads there`, async () => {
    answer = () => expect.fail("the form was sent");
    const form = forms.find((one) => one.name === name) ?? expect.fail();
    draw(form);
    typeInto(label, text);
    await press(form.button);
    const field = screen.getByLabelText(label);
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(field.getAttribute("aria-invalid")).toBe("true");
  });
});

it("a key of the explainer is never stored", () => {
  answer = () => expect.fail("the form was sent");
  renderPage(<ExplainerForm settings={{ isOn: false, endpoint: "", model: "", hasKey: false }} />);
  typeInto("Key", "sk-secret");
  typeInto("Model", "small");
  expect(JSON.stringify({ ...sessionStorage })).not.toContain("sk-secret");
  expect(textIn("Key")).toBe("sk-secret");
});

it("a token of the hub is never stored, stays in its field when it is refused, and leaves it once it is sent", async () => {
  answer = () => Response.json({ error: { code: "invalid", message: "Not that.", field: "token" } }, { status: 400 });
  renderPage(<HubToken settings={{ isOn: true, address: "https://hub.example", token: null }} />);
  typeInto("Access token", "hf_secret");
  await press("Store token");
  const field = screen.getByLabelText("Access token");
  await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
  expect([document.activeElement, textIn("Access token")]).toEqual([field, "hf_secret"]);
  expect(JSON.stringify({ ...sessionStorage })).not.toContain("hf_secret");
  answer = () => Response.json({ isOn: true, address: "https://hub.example", token: "entered" });
  await press("Store token");
  await waitFor(() => expect(textIn("Access token")).toBe(""));
});
