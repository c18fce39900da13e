import { experimentRequest } from "@/lib/contract/experiment";
import { handle, readBody } from "@/server/http/handle";
import { estimateExperiment } from "@/server/services/experiments/estimate-experiment";

export const POST = handle("POST /api/experiments/estimate", async ({ services, request }) =>
  estimateExperiment(services, await readBody(request, experimentRequest), request.signal),
);
