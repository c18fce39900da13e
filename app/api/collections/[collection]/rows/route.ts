import { latentRowsRequest } from "@/lib/contract/latent";
import { handle, readBody } from "@/server/http/handle";
import { pickLatents } from "@/server/services/latents/pick-latents";

export const POST = handle("POST /api/collections/{collection}/rows", async ({ services, params, request }) =>
  pickLatents(services, params.collection, await readBody(request, latentRowsRequest)),
);
