import { handle } from "@/server/http/handle";
import { getCollection } from "@/server/services/latents/list-collections";

export const GET = handle<{ collection: string }>(({ services, params }) => getCollection(services, params.collection));
