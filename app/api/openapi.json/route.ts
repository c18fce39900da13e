import { openApiDocument } from "@/lib/contract/endpoints/open-api";
import { handle } from "@/server/http/handle";
import { originOf } from "@/server/http/origin-of";

export const GET = handle("GET /api/openapi.json", async ({ services, request }) =>
  Response.json(openApiDocument({ url: originOf(request.headers), version: services.version })),
);
