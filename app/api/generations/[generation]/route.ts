import { handle } from "@/server/http/handle";
import { getGeneration, removeGeneration } from "@/server/services/steering/generations";

export const GET = handle("GET /api/generations/{generation}", ({ services, params }) => getGeneration(services, params.generation));

export const DELETE = handle("DELETE /api/generations/{generation}", ({ services, params }) =>
  removeGeneration(services, params.generation),
);
