import type { JobSummary } from "@/lib/contract/run";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { getStatus } from "./get-status";
import { startJob } from "./start-job";

/** Adds the demonstration's model and text, and starts a STAN and a LoRA run of equal size on them. */
export async function startDemonstration(context: ServiceContext, model: "small" | "smollm2"): Promise<JobSummary> {
  const { demonstration } = await getStatus(context);
  if (demonstration === "running") {
    throw new ServiceError("conflict", "The demonstration is already running. Its runs are in the list of runs.");
  }
  const title = model === "small" ? "Demonstration" : "Demonstration with SmolLM2-135M";
  return startJob(context, { title, input: { kind: "demonstration", model }, unit: "steps" });
}
