import { startCollectionRequest } from "@/lib/contract/api";
import { handle, readBody } from "@/server/http/handle";
import { listCollections } from "@/server/services/latents/list-collections";
import { startCollection } from "@/server/services/latents/start-collection";

export const GET = handle("GET /api/runs/{run}/collections", async ({ services, params }) => ({
  collections: await listCollections(services, params.run),
}));

export const POST = handle("POST /api/runs/{run}/collections", async ({ services, params, request }) =>
  startCollection(services, params.run, await readBody(request, startCollectionRequest)),
);
