import { handle } from "@/server/http/handle";
import { getGeneration, removeGeneration } from "@/server/services/steering/generations";

export const GET = handle<{ generation: string }>(({ services, params }) => getGeneration(services, params.generation));

export const DELETE = handle<{ generation: string }>(({ services, params }) => removeGeneration(services, params.generation));
