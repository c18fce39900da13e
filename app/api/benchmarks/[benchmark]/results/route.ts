import { measureRunsRequest } from "@/lib/contract/benchmark";
import { handle, readBody } from "@/server/http/handle";
import { measureRuns } from "@/server/services/benchmarks/measure";

export const POST = handle("POST /api/benchmarks/{benchmark}/results", async ({ services, params, request }) => {
  const { runs } = await readBody(request, measureRunsRequest);
  return measureRuns(services, { runs, benchmarks: [params.benchmark] });
});
