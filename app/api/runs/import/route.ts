import { importRunRequest } from "@/lib/contract/import-run";
import { handle, readBody } from "@/server/http/handle";
import { importRun } from "@/server/services/runs/import-run";

export const POST = handle("POST /api/runs/import", async ({ services, request }) =>
  importRun(services, await readBody(request, importRunRequest)),
);
