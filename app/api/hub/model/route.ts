import { handle } from "@/server/http/handle";
import { getHubModel } from "@/server/services/hub/search";

export const GET = handle("GET /api/hub/model", ({ services, query, request }) => getHubModel(services, query, request.signal));
