import { z } from "zod";
import { contextQuery } from "@/lib/contract/endpoints/queries";
import { handle, parseRequest } from "@/server/http/handle";
import { getContext } from "@/server/services/latents/get-context";

const place = z.object({ collectionId: z.string(), context: z.coerce.number().pipe(z.int().min(0)) }).extend(contextQuery.shape);

export const GET = handle<{ collection: string; context: string }>(({ services, params, query }) =>
  getContext(
    services,
    parseRequest(place, {
      collectionId: params.collection,
      context: params.context,
      module: query.get("module") ?? undefined,
      index: query.get("index") ?? undefined,
    }),
  ),
);
