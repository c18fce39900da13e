import { handle, readStream } from "@/server/http/handle";
import { uploadModel } from "@/server/services/library/upload-model";

export const POST = handle("POST /api/models/upload", ({ services, request, query }) =>
  uploadModel(services, query.name, readStream(request)),
);
