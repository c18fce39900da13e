import { handle } from "@/server/http/handle";
import { uploadDictionary } from "@/server/services/interop/upload-dictionary";

export const POST = handle("POST /api/dictionaries/upload", ({ services, upload, query }) =>
  uploadDictionary(services, query.name, upload.body, upload.startOnce),
);
