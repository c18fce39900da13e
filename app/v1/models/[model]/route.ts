import { handleOpenai } from "@/server/http/openai";
import { getOpenaiModel } from "@/server/services/openai/list-models";

export const GET = handleOpenai<{ model: string }>(({ services, params }) => getOpenaiModel(services, params.model));
