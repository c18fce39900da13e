import { handle } from "@/server/http/handle";
import { getCurve } from "@/server/services/runs/run-history";

export const GET = handle("GET /api/runs/{run}/metrics", ({ services, params, query }) => getCurve(services, params.run, query));
