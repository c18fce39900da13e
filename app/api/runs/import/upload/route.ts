import { importRunSettings } from "@/lib/contract/import-run";
import { handle, parseRequest, readStream } from "@/server/http/handle";
import { ServiceError } from "@/server/services/errors";
import { importUpload } from "@/server/services/runs/import-upload";

export const POST = handle(({ services, request, query }) => {
  const settings = parseRequest(importRunSettings, settingsOf(query.get("settings") ?? "{}"));
  return importUpload(services, query.get("name") ?? "", settings, readStream(request));
});

function settingsOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ServiceError("invalid", "settings is not JSON.", { field: "settings", cause });
  }
}
