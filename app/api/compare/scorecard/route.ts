import { handle } from "@/server/http/handle";
import { compareScores } from "@/server/services/comparison/scorecard";

export const GET = handle("GET /api/compare/scorecard", ({ services, query }) => compareScores(services, query));
