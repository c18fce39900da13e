import { handle } from "@/server/http/handle";
import { getModelContext } from "@/server/services/library/get-model-context";

export const GET = handle("GET /api/models/{model}/context", ({ services, params }) => getModelContext(services, params.model));
