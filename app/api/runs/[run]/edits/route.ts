import { saveEditsRequest } from "@/lib/contract/steering";
import { handle, readBody } from "@/server/http/handle";
import { listSavedEdits, saveEdits } from "@/server/services/steering/saved-edits";

export const GET = handle("GET /api/runs/{run}/edits", async ({ services, params }) => ({
  saved: await listSavedEdits(services, params.run),
}));

export const POST = handle("POST /api/runs/{run}/edits", async ({ services, params, request }) =>
  saveEdits(services, params.run, await readBody(request, saveEditsRequest)),
);
