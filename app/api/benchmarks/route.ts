import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import { handle, readBody } from "@/server/http/handle";
import { addBenchmark, listBenchmarks } from "@/server/services/benchmarks/benchmarks";

export const GET = handle(async ({ services }) => ({ benchmarks: await listBenchmarks(services) }));

export const POST = handle(async ({ services, request }) => addBenchmark(services, await readBody(request, addBenchmarkRequest)));
