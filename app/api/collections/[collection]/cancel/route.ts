import { handle } from "@/server/http/handle";
import { cancelCollection } from "@/server/services/work/cancel-collection";

export const POST = handle("POST /api/collections/{collection}/cancel", ({ services, params }) =>
  cancelCollection(services, params.collection),
);
