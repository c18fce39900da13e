import { startRunsRequest } from "@/lib/contract/run";
import { handle, readBody } from "@/server/http/handle";
import { startRuns } from "@/server/services/runs/start-run";

export const POST = handle("POST /api/runs/group", async ({ services, request }) => {
  const { runs } = await readBody(request, startRunsRequest);
  return { runs: await startRuns(services, runs) };
});
