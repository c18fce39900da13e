import { handle } from "@/server/http/handle";
import { getCollection } from "@/server/services/latents/list-collections";
import { deleteCollection } from "@/server/services/work/delete-collection";

export const GET = handle<{ collection: string }>(({ services, params }) => getCollection(services, params.collection));

export const DELETE = handle<{ collection: string }>(({ services, params }) => deleteCollection(services, params.collection));
