import { handle } from "@/server/http/handle";
import { uploadDataSet } from "@/server/services/library/upload-data-set";

export const POST = handle("POST /api/data/upload", ({ services, upload, query }) =>
  uploadDataSet(services, query.name, upload.body, upload.startOnce),
);
