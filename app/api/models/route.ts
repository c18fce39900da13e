import { addModelRequest } from "@/lib/contract/model";
import { handle, readBody } from "@/server/http/handle";
import { addModel } from "@/server/services/library/add-model";
import { listModels } from "@/server/services/library/list-models";

export const GET = handle("GET /api/models", async ({ services }) => ({ models: await listModels(services) }));

export const POST = handle("POST /api/models", async ({ services, request }) =>
  addModel(services, await readBody(request, addModelRequest)),
);
