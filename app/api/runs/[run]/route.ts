import { handle } from "@/server/http/handle";
import { deleteRun } from "@/server/services/runs/delete-run";
import { getRun } from "@/server/services/runs/get-run";

export const GET = handle("GET /api/runs/{run}", ({ services, params }) => getRun(services, params.run));

export const DELETE = handle("DELETE /api/runs/{run}", ({ services, params }) => deleteRun(services, params.run));
