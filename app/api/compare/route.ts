import { handle } from "@/server/http/handle";
import { compareRuns } from "@/server/services/comparison/compare";

export const GET = handle("GET /api/compare", ({ services, query }) => compareRuns(services, query));
