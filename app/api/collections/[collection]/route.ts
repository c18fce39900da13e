import { handle } from "@/server/http/handle";
import { getCollection } from "@/server/services/latents/list-collections";
import { deleteCollection } from "@/server/services/work/delete-collection";

export const GET = handle("GET /api/collections/{collection}", ({ services, params }) => getCollection(services, params.collection));

export const DELETE = handle("DELETE /api/collections/{collection}", ({ services, params }) =>
  deleteCollection(services, params.collection),
);
