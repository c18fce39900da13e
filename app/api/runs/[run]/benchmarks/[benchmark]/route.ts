import { itemQuery } from "@/lib/contract/benchmark";
import { handle, readQuery } from "@/server/http/handle";
import { listItems } from "@/server/services/benchmarks/items";

export const GET = handle<{ run: string; benchmark: string }>(({ services, params, query }) =>
  listItems(services, { benchmarkId: params.benchmark, runId: params.run }, readQuery(itemQuery, query, { numbers: ["offset", "limit"] })),
);
