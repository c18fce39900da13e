import { measureEffectsRequest } from "@/lib/contract/effect";
import { handle, readBody } from "@/server/http/handle";
import { measureEffects } from "@/server/services/work/measure-effects";

export const POST = handle<{ collection: string }>(async ({ services, params, request }) =>
  measureEffects(services, params.collection, await readBody(request, measureEffectsRequest)),
);
