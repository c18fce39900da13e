import { experimentRequest } from "@/lib/contract/experiment";
import { handle, readBody } from "@/server/http/handle";
import { listExperiments } from "@/server/services/experiments/get-experiment";
import { startExperiment } from "@/server/services/experiments/start-experiment";

export const GET = handle("GET /api/experiments", async ({ services }) => ({
  experiments: await listExperiments(services),
}));

export const POST = handle("POST /api/experiments", async ({ services, request }) =>
  startExperiment(services, await readBody(request, experimentRequest), request.signal),
);
