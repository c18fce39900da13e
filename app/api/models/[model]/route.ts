import { handle } from "@/server/http/handle";
import { deleteModel } from "@/server/services/library/delete-model";

export const DELETE = handle("DELETE /api/models/{model}", ({ services, params }) => deleteModel(services, params.model));
