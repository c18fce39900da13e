import { handle } from "@/server/http/handle";
import { getHubCache } from "@/server/services/hub/cache";

export const GET = handle("GET /api/hub/cache", ({ services }) => getHubCache(services));
