import { handle } from "@/server/http/handle";
import { getRunRecord } from "@/server/services/runs/get-run";

export const GET = handle("GET /api/runs/{run}/record", ({ services, params }) => getRunRecord(services, params.run));
