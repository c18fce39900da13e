import { measureEffectsRequest } from "@/lib/contract/effect";
import { handle, readBody } from "@/server/http/handle";
import { measureEffects } from "@/server/services/work/measure-effects";

export const POST = handle("POST /api/collections/{collection}/effects", async ({ services, params, request }) =>
  measureEffects(services, params.collection, await readBody(request, measureEffectsRequest)),
);
