import { saveEditsRequest } from "@/lib/contract/steering";
import { handle, readBody } from "@/server/http/handle";
import { changeSavedEdits, getSavedEdits, removeSavedEdits } from "@/server/services/steering/saved-edits";

export const GET = handle("GET /api/edits/{saved}", ({ services, params }) => getSavedEdits(services, params.saved));

export const PUT = handle("PUT /api/edits/{saved}", async ({ services, params, request }) =>
  changeSavedEdits(services, params.saved, await readBody(request, saveEditsRequest)),
);

export const DELETE = handle("DELETE /api/edits/{saved}", ({ services, params }) => removeSavedEdits(services, params.saved));
