import { startRunRequest } from "@/lib/contract/run";
import { handle, readBody } from "@/server/http/handle";
import { listRuns } from "@/server/services/runs/list-runs";
import { startRun } from "@/server/services/runs/start-run";

export const GET = handle("GET /api/runs", ({ services }) => listRuns(services));

export const POST = handle("POST /api/runs", async ({ services, request }) => startRun(services, await readBody(request, startRunRequest)));
