import { handle } from "@/server/http/handle";
import { readLatentPlace } from "@/server/http/latent-place";
import { explainLatent, previewExplanation } from "@/server/services/explainer/explain-latent";

export const GET = handle("GET /api/collections/{collection}/latents/{module}/{index}/explanation", ({ services, params }) =>
  previewExplanation(services, params.collection, readLatentPlace(params)),
);

export const POST = handle("POST /api/collections/{collection}/latents/{module}/{index}/explanation", ({ services, params, request }) =>
  explainLatent(services, params.collection, readLatentPlace(params), request.signal),
);
