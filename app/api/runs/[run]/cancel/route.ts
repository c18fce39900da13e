import { handle } from "@/server/http/handle";
import { stopRun } from "@/server/services/runs/stop-run";

export const POST = handle("POST /api/runs/{run}/cancel", ({ services, params }) => stopRun(services, params.run, "cancel"));
