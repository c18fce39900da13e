import { z } from "zod";
import { handle, parseRequest } from "@/server/http/handle";
import { getContext } from "@/server/services/latents/get-context";

const place = z.object({ context: z.coerce.number().pipe(z.int().min(0)) });

export const GET = handle("GET /api/collections/{collection}/contexts/{context}", ({ services, params, query }) =>
  getContext(services, { ...query, ...parseRequest(place, params), collectionId: params.collection }),
);
