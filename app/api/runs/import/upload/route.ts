import { importRunSettings } from "@/lib/contract/import-run";
import { handle, parseRequest } from "@/server/http/handle";
import { readStream } from "@/server/http/request-stream";
import { parseSoundJson } from "@/server/http/sound-request";
import { importUpload } from "@/server/services/runs/import-upload";

export const POST = handle("POST /api/runs/import/upload", ({ services, request, query }) => {
  const settings = parseRequest(importRunSettings, parseSoundJson(query.settings ?? "{}", "settings"));
  return importUpload(services, query.name, settings, readStream(request));
});
