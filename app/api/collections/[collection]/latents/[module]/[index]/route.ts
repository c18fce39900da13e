import { z } from "zod";
import { handle, parseRequest } from "@/server/http/handle";
import { readLatentQuery } from "@/server/http/latent-query";
import { getLatent } from "@/server/services/latents/get-latent";

const place = z.object({ module: z.string(), index: z.coerce.number().pipe(z.int().min(0)) });

export const GET = handle<{ collection: string; module: string; index: string }>(({ services, params, query }) =>
  getLatent(services, parseRequest(place, params), readLatentQuery(query, params.collection)),
);
