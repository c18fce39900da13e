import { handle } from "@/server/http/handle";
import { listWork } from "@/server/services/work/list-work";

export const GET = handle("GET /api/work", ({ services, query }) => listWork(services, query));
