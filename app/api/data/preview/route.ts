import { previewRequest } from "@/lib/contract/data-set";
import { handle, readBody } from "@/server/http/handle";
import { previewRows } from "@/server/services/library/preview-rows";

export const POST = handle("POST /api/data/preview", async ({ services, request }) =>
  previewRows(services, await readBody(request, previewRequest)),
);
