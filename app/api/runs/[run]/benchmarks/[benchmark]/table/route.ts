import { download } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";
import { itemTable } from "@/server/services/benchmarks/items";

export const GET = handle("GET /api/runs/{run}/benchmarks/{benchmark}/table", async ({ services, params, request }) =>
  download(await itemTable(services, { benchmarkId: params.benchmark, runId: params.run }, request.signal), {
    name: `benchmark-${params.benchmark}-${params.run}.csv`,
    type: "text/csv; charset=utf-8",
  }),
);
