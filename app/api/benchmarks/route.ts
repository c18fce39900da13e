import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import { handle, readBody } from "@/server/http/handle";
import { addBenchmark, listBenchmarks } from "@/server/services/benchmarks/benchmarks";

export const GET = handle("GET /api/benchmarks", async ({ services }) => ({
  benchmarks: await listBenchmarks(services),
}));

export const POST = handle("POST /api/benchmarks", async ({ services, request }) =>
  addBenchmark(services, await readBody(request, addBenchmarkRequest), request.signal),
);
