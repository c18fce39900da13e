import { statSync } from "node:fs";
import { basename } from "node:path";
import type { JobSummary } from "@/lib/contract/run";
import { FileError } from "@/server/files/file-error";
import { findSources } from "@/server/interop/neuronpedia/neuronpedia-sources";
import { allowedPath } from "@/server/services/allowed-path";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";
import { startJob } from "@/server/services/work/start-job";

const archive = /\.(tar|tgz|tar\.gz)$/i;

/** Queues the import of a Neuronpedia export from the server's disk. A path that cannot be one is refused at once. */
export async function importDictionary(
  context: ServiceContext,
  request: { path: string; name?: string | undefined; isOwned?: boolean },
): Promise<JobSummary> {
  const path = allowedPath(context, request.path);
  await withFileErrors(async () => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new FileError("notFound", path, "no such file or folder");
    if (stats.isDirectory()) await findSources(path);
    else if (!archive.test(path)) throw new FileError("invalid", path, "is neither a folder nor a .tar, .tar.gz or .tgz of one");
  }, "path");
  const name = request.name ?? basename(path).replace(archive, "");
  return startJob(context, {
    title: `Import ${name}`,
    input: { kind: "importDictionary", path, name: request.name ?? null, isOwned: request.isOwned ?? false },
    unit: "bytes",
  });
}
