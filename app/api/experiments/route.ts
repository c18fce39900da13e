import { experimentRequest } from "@/lib/contract/experiment";
import { handle, readBody } from "@/server/http/handle";
import { listExperiments } from "@/server/services/experiments/get-experiment";
import { startExperiment } from "@/server/services/experiments/start-experiment";

export const GET = handle(async ({ services }) => ({ experiments: await listExperiments(services) }));

export const POST = handle(async ({ services, request }) => startExperiment(services, await readBody(request, experimentRequest)));
