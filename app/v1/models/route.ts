import { handleOpenai } from "@/server/http/openai";
import { listOpenaiModels } from "@/server/services/openai/list-models";

export const GET = handleOpenai("GET /v1/models", async ({ services }) => ({
  object: "list",
  data: await listOpenaiModels(services),
}));
