import { addModelRequest } from "@/lib/contract/model";
import { handle, readBody } from "@/server/http/handle";
import { addModel } from "@/server/services/library/add-model";
import { listModels } from "@/server/services/library/list-models";

export const GET = handle(async ({ services }) => ({ models: await listModels(services) }));

export const POST = handle(async ({ services, request }) => addModel(services, await readBody(request, addModelRequest)));
