import type { SystemStatus } from "@/lib/contract/worker";
import { listGroupStatuses } from "@/server/db/runs/runs";
import { latestJob } from "@/server/db/work/jobs";
import { listWorkers } from "@/server/db/work/workers";
import { freeBytesOf } from "@/server/files/free-space";
import type { ServiceContext } from "@/server/services/context";

/** Runs of the demonstration carry this group. */
export const demonstrationGroup = "demonstration";

/** With less room than this a person is told. */
const scarceBytes = 200e6;

/** Workers, where the demonstration stands, and what a person should know. */
export async function getStatus({ store, dataFolder, version, engineReason }: ServiceContext): Promise<SystemStatus> {
  const [workers, demonstration] = await Promise.all([listWorkers(store.db), demonstrationState(store.db)]);
  const alive = workers.filter(({ isAlive }) => isAlive);
  const notices: SystemStatus["notices"] = [];
  if (alive.length === 0) {
    notices.push({
      level: "warning",
      message: "No worker is running: runs stay queued and nothing can be generated. `npm start` starts one within a few seconds.",
    });
  }
  if (alive.length > 0 && alive.every(({ backend }) => backend === "wasm")) {
    const why = engineReason ?? "`npm run -s stanscope -- doctor` says what is missing.";
    notices.push({
      level: "info",
      message: `The WebAssembly engine is in use, in which training takes about twenty times as long as with TensorFlow. ${why}`,
    });
  }
  const freeBytes = await freeBytesOf(dataFolder);
  if (freeBytes < scarceBytes) {
    const message = `The disk of ${dataFolder} has ${Math.floor(freeBytes / 1e6)} MB left. Free some space, or trainings and uploads will fail or wait.`;
    notices.unshift({ level: "warning", message });
  }
  return { version, dataFolder, workers, notices, demonstration };
}

async function demonstrationState(db: ServiceContext["store"]["db"]): Promise<SystemStatus["demonstration"]> {
  const [job, statuses] = await Promise.all([latestJob(db, "demonstration"), listGroupStatuses(db, demonstrationGroup)]);
  if (job?.status === "queued" || job?.status === "running") return "running";
  if (statuses.some((status) => status === "queued" || status === "running" || status === "stopping")) return "running";
  if (statuses.some((status) => status === "finished" || status === "stopped")) return "ready";
  if (job?.status === "failed" || statuses.some((status) => status === "failed")) return "failed";
  return "absent";
}
