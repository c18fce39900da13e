import { handle } from "@/server/http/handle";
import { clearGenerations, listGenerations } from "@/server/services/steering/generations";

export const GET = handle("GET /api/runs/{run}/generations", ({ services, params, query }) => listGenerations(services, params.run, query));

export const DELETE = handle("DELETE /api/runs/{run}/generations", ({ services, params }) => clearGenerations(services, params.run));
