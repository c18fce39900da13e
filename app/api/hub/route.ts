import { saveHubRequest } from "@/lib/contract/hub";
import { handle, readBody } from "@/server/http/handle";
import { getHub, saveHub } from "@/server/services/hub/settings";

export const GET = handle("GET /api/hub", ({ services }) => getHub(services));

export const PUT = handle("PUT /api/hub", async ({ services, request }) => saveHub(services, await readBody(request, saveHubRequest)));
