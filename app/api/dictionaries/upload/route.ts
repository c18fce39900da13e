import { handle, readStream } from "@/server/http/handle";
import { uploadDictionary } from "@/server/services/interop/upload-dictionary";

export const POST = handle("POST /api/dictionaries/upload", ({ services, request, query }) =>
  uploadDictionary(services, query.name, readStream(request)),
);
