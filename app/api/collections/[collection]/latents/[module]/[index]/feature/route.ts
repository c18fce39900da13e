import { handle } from "@/server/http/handle";
import { readLatentPlace } from "@/server/http/latent-place";
import { getCircuitTracerFeature } from "@/server/services/interop/get-feature";

export const GET = handle("GET /api/collections/{collection}/latents/{module}/{index}/feature", async ({ services, params }) =>
  Response.json(await getCircuitTracerFeature(services, params.collection, readLatentPlace(params))),
);
