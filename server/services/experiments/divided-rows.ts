import type { DataSetSummary } from "@/lib/contract/data-set";
import type { Division } from "@/server/files/data/divide-rows";
import { readOnceInThread } from "@/server/files/data/read-in-thread";
import type { Part } from "@/server/files/data/readings";
import { withFileErrors } from "@/server/services/errors";

export type DividedRows = Part<"dividedRows">;

/** Kept for the latest requests: the form asks again at every change. */
const latest = new Map<string, DividedRows>();
const mostKept = 8;

/**
 * How the runs of an experiment will divide its rows.
 *
 * @param signal ends the reading
 * @throws ServiceError `invalid` where a set of domains has no row to train on, or its labels cannot be learned; as `readInThread`
 */
export async function dividedRows(
  { data, domainSets, task }: Division,
  { id, path, createdAt }: Pick<DataSetSummary, "id" | "path" | "createdAt">,
  signal?: AbortSignal,
): Promise<DividedRows> {
  const { mapping, domains, validationRows } = data;
  const key = JSON.stringify([id, createdAt, mapping, domains, validationRows, domainSets, task]);
  const known = latest.get(key);
  if (known !== undefined) return known;
  const division = { data, domainSets, task };
  const read = await withFileErrors(() => readOnceInThread("dividedRows", { path, division }, { signal }), "data");
  latest.set(key, read);
  const oldest = latest.keys().next().value;
  if (latest.size > mostKept && oldest !== undefined) latest.delete(oldest);
  return read;
}
