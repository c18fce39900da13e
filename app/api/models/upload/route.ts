import { handle } from "@/server/http/handle";
import { readStream } from "@/server/http/request-stream";
import { uploadModel } from "@/server/services/library/upload-model";

export const POST = handle("POST /api/models/upload", ({ services, request, query }) =>
  uploadModel(services, query.name, readStream(request)),
);
