import { importDictionaryRequest } from "@/lib/contract/api";
import { handle, readBody } from "@/server/http/handle";
import { importDictionary } from "@/server/services/interop/import-dictionary";
import { listDictionaries } from "@/server/services/interop/list-dictionaries";

export const GET = handle("GET /api/dictionaries", async ({ services }) => ({
  collections: await listDictionaries(services),
}));

export const POST = handle("POST /api/dictionaries", async ({ services, request }) =>
  importDictionary(services, await readBody(request, importDictionaryRequest)),
);
