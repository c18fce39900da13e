import { basename } from "node:path";
import { formatPlural } from "@/lib/numbers/format";
import { findDataSetByPath, upsertDataSet } from "@/server/db/library/data-sets";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { storable, storableText } from "@/server/db/storable";
import type { JobInput } from "@/server/db/work/job-input";
import { type DataSetSummaryOnDisk, summariseDataSet } from "@/server/files/data/data-set-summary";
import { FileError } from "@/server/files/file-error";
import { openImageData } from "@/server/files/images/image-data";
import type { JobAtWork } from "./job-at-work";

type Input = Extract<JobInput, { kind: "addDataSet" }>;

/**
 * Reads a file or folder of rows, or a folder or archive of images, from end to end and adds it as a dataset, which has the job's id; one with the same path is read again and keeps its
 * own.
 *
 * @throws FileError naming file and line or row at fault
 */
export async function addDataSet({ context, taskId, signal, report, confirm }: JobAtWork, { path, name }: Input): Promise<void> {
  const { db } = context.store;
  const dataSet = await openImageData(path);
  const { format, sizeBytes } = dataSet;
  let done = 0;
  report({ message: "Reading the rows", unit: "bytes", done, total: sizeBytes });
  const onRead = (bytes: number) => {
    done += bytes;
    report({ done });
  };
  const summary = storableSummary(path, await summariseDataSet(dataSet, { signal, onRead }));
  await confirm();
  const before = await retryWhileDown(() => findDataSetByPath(db, path));
  const added = { id: before?.id ?? taskId, name: name ?? before?.name ?? basename(path), licence: before?.licence ?? null };
  await retryWhileDown(() => upsertDataSet(db, { ...added, path, format, sizeBytes, ...summary }));
  report({ message: `${added.name} is added: ${formatPlural(summary.rows, "row")}`, done: sizeBytes, total: sizeBytes });
}

/** Samples are shown alone; a name is looked up in the rows again, so it must stay as it is. @throws FileError naming one that cannot be stored */
function storableSummary(path: string, summary: DataSetSummaryOnDisk): DataSetSummaryOnDisk {
  const { columns, domains, splits } = summary;
  const odd = [...columns, ...domains, ...splits].find(({ name }) => storableText(name) !== name);
  if (odd !== undefined)
    throw new FileError(
      "invalid",
      path,
      `the name ${JSON.stringify(odd.name)} contains U+0000 or half of a surrogate pair, which cannot be stored`,
    );
  return { ...summary, columns: columns.map((column) => ({ ...column, samples: storable(column.samples) })) };
}
