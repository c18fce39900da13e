import { handle } from "@/server/http/handle";
import { getSample } from "@/server/services/sample/get-sample";
import { openSample } from "@/server/services/sample/open-sample";

export const GET = handle("GET /api/sample", ({ services }) => getSample(services));

export const POST = handle("POST /api/sample", ({ services }) => openSample(services));
