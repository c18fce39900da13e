import { handle } from "@/server/http/handle";
import { getLog } from "@/server/services/runs/run-history";

export const GET = handle("GET /api/runs/{run}/log", ({ services, params, query }) => getLog(services, params.run, query));
