import { handle } from "@/server/http/handle";
import { searchHubModels } from "@/server/services/hub/search";

export const GET = handle("GET /api/hub/models", async ({ services, query, request }) => ({
  models: await searchHubModels(services, query.search, request.signal),
}));
