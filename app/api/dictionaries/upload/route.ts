import { handle, readStream } from "@/server/http/handle";
import { uploadDictionary } from "@/server/services/interop/upload-dictionary";

export const POST = handle(({ services, request, query }) => uploadDictionary(services, query.get("name") ?? "", readStream(request)));
