import { handle } from "@/server/http/handle";
import { getCollection } from "@/server/services/latents/list-collections";
import { removeCollection } from "@/server/services/latents/remove-collection";

export const GET = handle("GET /api/collections/{collection}", ({ services, params }) => getCollection(services, params.collection));

export const DELETE = handle("DELETE /api/collections/{collection}", ({ services, params }) =>
  removeCollection(services, params.collection),
);
