import { handle } from "@/server/http/handle";
import { imageResponse } from "@/server/http/image-response";
import { getContextImage } from "@/server/services/latents/get-context-image";

export const GET = handle("GET /api/collections/{collection}/contexts/{context}/image", async ({ services, params, query }) =>
  imageResponse(await getContextImage(services, { collectionId: params.collection, context: params.context, of: query.of })),
);
