import { handle } from "@/server/http/handle";
import { getStudy, removeStudy } from "@/server/services/steering/studies";

export const GET = handle("GET /api/studies/{study}", ({ services, params }) => getStudy(services, params.study));

export const DELETE = handle("DELETE /api/studies/{study}", ({ services, params }) => removeStudy(services, params.study));
