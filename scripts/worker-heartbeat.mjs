// Entry of the worker's second thread: loads TypeScript there as scripts/worker.mjs does in the first.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("server/worker/heartbeat-thread.ts");
