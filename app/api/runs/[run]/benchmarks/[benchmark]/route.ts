import { handle } from "@/server/http/handle";
import { listItems } from "@/server/services/benchmarks/items";

export const GET = handle("GET /api/runs/{run}/benchmarks/{benchmark}", ({ services, params, query }) =>
  listItems(services, { benchmarkId: params.benchmark, runId: params.run }, query),
);
