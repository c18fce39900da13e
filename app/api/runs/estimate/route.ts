import { startRunsRequest } from "@/lib/contract/run";
import { handle, readBody } from "@/server/http/handle";
import { estimateRuns } from "@/server/services/runs/estimate-runs";

export const POST = handle("POST /api/runs/estimate", async ({ services, request }) => {
  const { runs } = await readBody(request, startRunsRequest);
  return { runs: await estimateRuns(services, runs, request.signal) };
});
