import { type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import type { RunSummary } from "@/lib/contract/run";
import { runMethod } from "@/lib/contract/run-config";

export const runSortKeys = ["name", "parameters", "loss", "difference", "step", "memory", "created"] as const;
export type RunSortKey = (typeof runSortKeys)[number];

/** What is listed and in which order, as the page's address says it; what is not understood stays as at first. */
export const runListParameters = {
  text: parseAsString.withDefault(""),
  method: parseAsStringLiteral(["all", ...runMethod.options]).withDefault("all"),
  data: parseAsString.withDefault(""),
  model: parseAsString.withDefault(""),
  sort: parseAsStringLiteral(runSortKeys).withDefault("created"),
  order: parseAsStringLiteral(["asc", "desc"]).withDefault("desc"),
};
/** Names in the address, where they differ. */
export const runListNames = { text: "q" } as const;
export type RunListView = inferParserType<typeof runListParameters>;

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
