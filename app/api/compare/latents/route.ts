import { handle } from "@/server/http/handle";
import { compareLatents } from "@/server/services/comparison/compared-latents";

export const GET = handle("GET /api/compare/latents", ({ services, query }) => compareLatents(services, query));
