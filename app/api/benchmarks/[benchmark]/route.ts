import { handle } from "@/server/http/handle";
import { getBenchmarkDetail, removeBenchmark } from "@/server/services/benchmarks/benchmarks";

export const GET = handle("GET /api/benchmarks/{benchmark}", ({ services, params }) => getBenchmarkDetail(services, params.benchmark));

export const DELETE = handle("DELETE /api/benchmarks/{benchmark}", ({ services, params }) => removeBenchmark(services, params.benchmark));
