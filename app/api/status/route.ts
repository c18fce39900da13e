import { handle } from "@/server/http/handle";
import { getStatus } from "@/server/services/work/get-status";

export const GET = handle("GET /api/status", ({ services }) => getStatus(services));
