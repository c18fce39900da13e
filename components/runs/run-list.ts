import type { RunSummary } from "@/lib/contract/run";
import { type RunMethod, runMethod } from "@/lib/contract/run-config";

export const runSortKeys = ["name", "parameters", "loss", "difference", "step", "memory", "created"] as const;
export type RunSortKey = (typeof runSortKeys)[number];
/** What is listed and in which order; it stands in the page's address. */
export type RunListView = {
  text: string;
  method: "all" | RunMethod;
  data: string;
  model: string;
  sort: RunSortKey;
  order: "asc" | "desc";
};

export const plainView: RunListView = { text: "", method: "all", data: "", model: "", sort: "created", order: "desc" };

/** Reads a view from the address; what is not understood stays plain. */
export function readView(parameters: URLSearchParams): RunListView {
  const method = parameters.get("method");
  const sort = parameters.get("sort");
  return {
    text: parameters.get("q") ?? "",
    method: runMethod.options.find((one) => one === method) ?? "all",
    data: parameters.get("data") ?? "",
    model: parameters.get("model") ?? "",
    sort: runSortKeys.find((key) => key === sort) ?? plainView.sort,
    order: parameters.get("order") === "asc" ? "asc" : "desc",
  };
}

/** Writes a view as a query, plain values left out. */
export function writeView(view: RunListView): string {
  const parameters = new URLSearchParams();
  if (view.text !== "") parameters.set("q", view.text);
  if (view.method !== "all") parameters.set("method", view.method);
  if (view.data !== "") parameters.set("data", view.data);
  if (view.model !== "") parameters.set("model", view.model);
  if (view.sort !== plainView.sort) parameters.set("sort", view.sort);
  if (view.order !== plainView.order) parameters.set("order", view.order);
  return parameters.toString();
}

/** The runs of a view, sorted; runs without the number sorted by come last either way. */
export function listRuns(runs: readonly RunSummary[], view: RunListView): RunSummary[] {
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = runs.filter(
    (run) =>
      (view.method === "all" || run.method === view.method) &&
      (view.data === "" || run.dataName === view.data) &&
      (view.model === "" || run.modelName === view.model) &&
      words.every((word) => searchText(run).includes(word)),
  );
  const direction = view.order === "asc" ? 1 : -1;
  return shown.sort((a, b) => {
    const left = sortValue(a, view.sort);
    const right = sortValue(b, view.sort);
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return left < right ? -direction : left > right ? direction : 0;
  });
}

/** The order a first press on a column's name gives: best or newest first. */
export function firstOrder(sort: RunSortKey): "asc" | "desc" {
  return sort === "created" || sort === "parameters" ? "desc" : "asc";
}

function searchText(run: RunSummary): string {
  return `${run.name} ${run.method} ${run.modelName} ${run.dataName} ${run.group ?? ""} ${run.seed === null ? "" : `seed ${run.seed}`} ${run.isImported ? "imported" : ""} ${run.status}`.toLowerCase();
}

function sortValue(run: RunSummary, sort: RunSortKey): number | string | null {
  switch (sort) {
    case "name":
      return run.name.toLowerCase();
    case "parameters":
      return run.cost?.trainableParameters ?? null;
    case "loss":
      return run.latestEvaluation?.loss ?? null;
    case "difference":
      return run.latestEvaluation?.difference ?? null;
    case "step":
      return run.cost?.medianStepMs ?? null;
    case "memory":
      return run.cost?.peakMemoryBytes ?? null;
    case "created":
      return run.createdAt;
  }
}
