import { basename } from "node:path";
import type { JobSummary } from "@/lib/contract/run";
import { openDataSet } from "@/server/files/data/data-set";
import { allowedPath } from "@/server/services/allowed-path";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";
import { startJob } from "@/server/services/work/start-job";

/** Starts the job that reads a file or folder of rows and adds it. A path that holds no data file is refused at once. */
export async function addDataSet(
  context: ServiceContext,
  request: { path: string; name?: string | undefined; isOwned?: boolean },
): Promise<JobSummary> {
  const path = allowedPath(context, request.path);
  const { sizeBytes } = await withFileErrors(() => openDataSet(path), "path");
  return startJob(context, {
    title: `Add ${request.name ?? basename(path)}`,
    input: { kind: "addDataSet", path, name: request.name ?? null, isOwned: request.isOwned ?? false },
    unit: "bytes",
    total: sizeBytes,
  });
}
