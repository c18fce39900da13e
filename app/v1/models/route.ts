import { handleOpenai } from "@/server/http/openai";
import { listOpenaiModels } from "@/server/services/openai/list-models";

export const GET = handleOpenai(async ({ services }) => ({ object: "list", data: await listOpenaiModels(services) }));
