import { handle, readStream } from "@/server/http/handle";
import { uploadDataSet } from "@/server/services/library/upload-data-set";

export const POST = handle(({ services, request, query }) => uploadDataSet(services, query.get("name") ?? "", readStream(request)));
