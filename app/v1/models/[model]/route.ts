import { handleOpenai } from "@/server/http/openai";
import { getOpenaiModel } from "@/server/services/openai/list-models";

export const GET = handleOpenai("GET /v1/models/{model}", ({ services, params }) => getOpenaiModel(services, params.model));
