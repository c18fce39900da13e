import { saveEditsRequest } from "@/lib/contract/steering";
import { handle, readBody } from "@/server/http/handle";
import { changeSavedEdits, getSavedEdits, removeSavedEdits } from "@/server/services/steering/saved-edits";

export const GET = handle<{ saved: string }>(({ services, params }) => getSavedEdits(services, params.saved));

export const PUT = handle<{ saved: string }>(async ({ services, params, request }) =>
  changeSavedEdits(services, params.saved, await readBody(request, saveEditsRequest)),
);

export const DELETE = handle<{ saved: string }>(({ services, params }) => removeSavedEdits(services, params.saved));
