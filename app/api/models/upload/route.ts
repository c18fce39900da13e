import { handle } from "@/server/http/handle";
import { uploadModel } from "@/server/services/library/upload-model";

export const POST = handle("POST /api/models/upload", ({ services, upload, query }) =>
  uploadModel(services, query.name, upload.body, upload.startOnce),
);
