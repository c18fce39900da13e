import { handle } from "@/server/http/handle";
import { readStream } from "@/server/http/request-stream";
import { uploadDataSet } from "@/server/services/library/upload-data-set";

export const POST = handle("POST /api/data/upload", ({ services, request, query }) =>
  uploadDataSet(services, query.name, readStream(request)),
);
