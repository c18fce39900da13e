import { z } from "zod";
import { handle, parseRequest } from "@/server/http/handle";
import { getNeuronpediaFeature } from "@/server/services/interop/get-feature";

const place = z.object({ model: z.string(), layer: z.string(), index: z.coerce.number().pipe(z.int().min(0)) });

export const GET = handle("GET /api/feature/{model}/{layer}/{index}", async ({ services, params }) =>
  Response.json(await getNeuronpediaFeature(services, parseRequest(place, params))),
);
