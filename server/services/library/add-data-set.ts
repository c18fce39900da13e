import { basename } from "node:path";
import type { JobSummary } from "@/lib/contract/run";
import { openImageData } from "@/server/files/images/image-data";
import { allowedPath } from "@/server/services/allowed-path";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";
import { startJob } from "@/server/services/work/start-job";

/** Starts the job that reads rows, in a file or folder, or images, in a folder or archive, and adds them. A path that holds neither is refused at once. */
export async function addDataSet(
  context: ServiceContext,
  request: { path: string; name?: string | undefined; isOwned?: boolean },
): Promise<JobSummary> {
  const path = allowedPath(context, request.path);
  const { sizeBytes } = await withFileErrors(() => openImageData(path), "path");
  return startJob(context, {
    title: `Add ${request.name ?? basename(path)}`,
    input: { kind: "addDataSet", path, name: request.name ?? null, isOwned: request.isOwned ?? false },
    unit: "bytes",
    total: sizeBytes,
  });
}
