import { handle } from "@/server/http/handle";
import { getBenchmarkDetail, removeBenchmark } from "@/server/services/benchmarks/benchmarks";

export const GET = handle<{ benchmark: string }>(({ services, params }) => getBenchmarkDetail(services, params.benchmark));

export const DELETE = handle<{ benchmark: string }>(({ services, params }) => removeBenchmark(services, params.benchmark));
