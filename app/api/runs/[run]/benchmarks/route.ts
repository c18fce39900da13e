import { measureBenchmarksRequest } from "@/lib/contract/benchmark";
import { handle, readBody } from "@/server/http/handle";
import { listRunBenchmarks } from "@/server/services/benchmarks/benchmarks";
import { measureRuns } from "@/server/services/benchmarks/measure";

export const GET = handle("GET /api/runs/{run}/benchmarks", async ({ services, params }) => ({
  benchmarks: await listRunBenchmarks(services, params.run),
}));

export const POST = handle("POST /api/runs/{run}/benchmarks", async ({ services, params, request }) => {
  const { benchmarks } = await readBody(request, measureBenchmarksRequest);
  return measureRuns(services, { runs: [params.run], benchmarks });
});
