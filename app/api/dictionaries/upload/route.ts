import { handle } from "@/server/http/handle";
import { readStream } from "@/server/http/request-stream";
import { uploadDictionary } from "@/server/services/interop/upload-dictionary";

export const POST = handle("POST /api/dictionaries/upload", ({ services, request, query }) =>
  uploadDictionary(services, query.name, readStream(request)),
);
