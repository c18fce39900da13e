import { bakeRequest } from "@/lib/contract/steering";
import { handle, readBody } from "@/server/http/handle";
import { startBake } from "@/server/services/steering/start-bake";

export const POST = handle("POST /api/runs/{run}/bake", async ({ services, params, request }) =>
  startBake(services, params.run, await readBody(request, bakeRequest)),
);
