import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import type { SuggestedBenchmark } from "@/lib/contract/comparison";
import { type DataSetSummary, labelColumnOf } from "@/lib/contract/data-set";
import { rowTokens } from "@/lib/contract/run-config";
import { askedOfTask } from "@/lib/contract/tasks/benchmark-tasks";
import { continuesText, ownBenchmark, taskOf } from "@/lib/contract/tasks/tasks";
import { listDataSets } from "@/server/db/library/data-sets";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import type { MeasuredBenchmark } from "./measured-results";
import type { Side } from "./sides";

/** Data sets of general text that are offered at most. */
const mostOffered = 6;

/**
 * Benchmarks that a press makes: the rows that both sides held out in training, where no benchmark reads that data; and, for forgetting, text of other
 * data sets, where no general text was measured. An encoder's head is new, so that it has nothing to forget.
 */
export async function suggestBenchmarks(
  { store }: Pick<ServiceContext, "store">,
  [one, other]: readonly [Side, Side],
  measured: readonly MeasuredBenchmark[],
): Promise<SuggestedBenchmark[]> {
  const dataSets = await listDataSets(store.db);
  const sides = [one, other];
  const heldOut = measured.some(({ benchmark }) => isOfData(benchmark.rows.dataSetId, sides))
    ? undefined
    : heldOutRows(one.first, other.first);
  const isKnown = heldOut !== undefined && dataSets.some(({ id }) => id === heldOut.request.rows.dataSetId);
  const isText = sides.every(({ first }) => continuesText(first.config));
  const hasGeneral = measured.some(({ benchmark }) => benchmark.isGeneral);
  const others = isText && !hasGeneral ? dataSets.filter(({ id }) => !isOfData(id, sides)) : [];
  return [...(isKnown ? [heldOut] : []), ...others.flatMap(generalText).slice(0, mostOffered)];
}

function isOfData(dataSetId: string, sides: readonly Side[]): boolean {
  return sides.some(({ runs }) => runs.some((run) => run.dataSetId === dataSetId));
}

/** What both held out, read as both read it; undefined where they do not share it. */
function heldOutRows(one: RunRow, other: RunRow): SuggestedBenchmark | undefined {
  const { data } = one.config;
  if (data?.kind !== "dataSet" || data.dataSetId === undefined || data.dataSetId !== other.dataSetId) return undefined;
  const { kind } = taskOf(one.config);
  if (kind !== taskOf(other.config).kind || askedOfTask[kind].length === 0) return undefined;
  const { dataSetId, mapping, domains, heldOutPart, useChatTemplate } = data;
  const part = { kind: "heldOut", validationRows: Math.max(1, data.validationRows), ...(heldOutPart === undefined ? {} : { heldOutPart }) };
  const request = addBenchmarkRequest.safeParse({
    name: `${one.dataName}, held-out rows`.slice(0, 120),
    task: ownBenchmark(taskOf(one.config)),
    rows: {
      dataSetId,
      mapping,
      domains: data.heldOutOf === undefined ? domains : data.heldOutOf,
      part,
      count: 2000,
      maxTokens: rowTokens(one.config),
      useChatTemplate,
    },
  });
  return request.success ? { purpose: "heldOut", request: request.data } : undefined;
}

/** A data set's text, whatever its rows are made of, as a person reads it. */
function generalText({ id, name, mapping, columns }: DataSetSummary): SuggestedBenchmark[] {
  const text = columns.find(({ name: column }) => /^(text|content|document|body)$/i.test(column))?.name;
  const read = mapping ?? (text === undefined ? null : { kind: "text" as const, text });
  if (read === null || labelColumnOf(read) !== undefined) return [];
  const request = addBenchmarkRequest.safeParse({
    name: `${name}, forgetting`.slice(0, 120),
    isGeneral: true,
    task: { kind: "languageModel" },
    rows: { dataSetId: id, mapping: read, part: { kind: "all" }, count: 256 },
  });
  return request.success ? [{ purpose: "forgetting", request: request.data }] : [];
}
