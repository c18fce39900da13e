import { handle, readStream } from "@/server/http/handle";
import { uploadModel } from "@/server/services/library/upload-model";

export const POST = handle(({ services, request, query }) => uploadModel(services, query.get("name") ?? "", readStream(request)));
