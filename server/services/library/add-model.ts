import type { AddModelRequest } from "@/lib/contract/model";
import type { JobSummary } from "@/lib/contract/run";
import { cachedRevision, snapshotOf } from "@/server/files/hub-cache";
import { checkModel } from "@/server/files/weights/check-model";
import { allowedPath } from "@/server/services/allowed-path";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";
import { startJob } from "@/server/services/work/start-job";

/** Starts the job that brings a model here, or takes it in from where it lies. A path that holds no model is refused at once. */
export async function addModel(context: ServiceContext, request: AddModelRequest): Promise<JobSummary> {
  switch (request.source) {
    case "folder": {
      const named = allowedPath(context, request.path);
      const path = allowedPath(context, await withFileErrors(() => snapshotOf(named), "path"));
      await withFileErrors(() => checkModel(path), "path");
      const input = { kind: "addModel", path, name: request.name ?? null, isOwned: false } as const;
      return startJob(context, { title: `Add ${request.name ?? cachedRevision(path)?.split("@")[0] ?? path}`, input, unit: "bytes" });
    }
    case "hub": {
      const { id, revision, file } = request;
      const source = { from: "hub", id, revision: revision ?? null, ...(file === undefined ? {} : { file }) } as const;
      return startJob(context, { title: `Fetch ${file ?? id}`, input: { kind: "fetchModel", source }, unit: "bytes" });
    }
    case "smollm2":
      return startJob(context, {
        title: "Fetch SmolLM2-135M-Instruct",
        input: { kind: "fetchModel", source: { from: "smollm2" } },
        unit: "bytes",
      });
  }
}
