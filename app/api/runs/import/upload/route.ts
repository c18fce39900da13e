import { importRunSettings } from "@/lib/contract/import-run";
import { handle, parseRequest } from "@/server/http/handle";
import { parseSoundJson } from "@/server/http/sound-request";
import { importUpload } from "@/server/services/runs/import-upload";

export const POST = handle("POST /api/runs/import/upload", ({ services, upload, query }) => {
  const settings = parseRequest(importRunSettings, parseSoundJson(query.settings ?? "{}", "settings"));
  return importUpload(services, query.name, settings, upload.body, upload.startOnce);
});
