import { z } from "zod";
import { handle, parseRequest } from "@/server/http/handle";
import { getLatent } from "@/server/services/latents/get-latent";

const place = z.object({ module: z.string(), index: z.coerce.number().pipe(z.int().min(0)) });

export const GET = handle("GET /api/collections/{collection}/latents/{module}/{index}", ({ services, params, query }) =>
  getLatent(services, parseRequest(place, params), { ...query, collectionId: params.collection }),
);
