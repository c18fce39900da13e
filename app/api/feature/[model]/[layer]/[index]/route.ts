import { z } from "zod";
import { handle, parseRequest } from "@/server/http/handle";
import { getNeuronpediaFeature } from "@/server/services/interop/get-feature";

const place = z.object({ model: z.string(), layer: z.string(), index: z.coerce.number().pipe(z.int().min(0)) });

export const GET = handle<{ model: string; layer: string; index: string }>(({ services, params }) =>
  getNeuronpediaFeature(services, parseRequest(place, params)),
);
