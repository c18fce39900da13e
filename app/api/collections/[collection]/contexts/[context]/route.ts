import { z } from "zod";
import { handle, parseRequest } from "@/server/http/handle";
import { getContext } from "@/server/services/latents/get-context";

const count = z.coerce.number().pipe(z.int().min(0));
const where = z.object({ collectionId: z.string(), context: count, module: z.string(), index: count });

export const GET = handle<{ collection: string; context: string }>(({ services, params, query }) =>
  getContext(
    services,
    parseRequest(where, {
      collectionId: params.collection,
      context: params.context,
      module: query.get("module") ?? undefined,
      index: query.get("index") ?? undefined,
    }),
  ),
);
