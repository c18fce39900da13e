import { handle } from "@/server/http/handle";
import { findLatents } from "@/server/services/latents/find-latents";

export const GET = handle("GET /api/latents", ({ services, query }) => findLatents(services, query));
