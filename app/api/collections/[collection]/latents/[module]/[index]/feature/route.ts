import { handle } from "@/server/http/handle";
import { readLatentPlace } from "@/server/http/latent-place";
import { getCircuitTracerFeature } from "@/server/services/interop/get-feature";

export const GET = handle<{ collection: string; module: string; index: string }>(({ services, params }) =>
  getCircuitTracerFeature(services, params.collection, readLatentPlace(params)),
);
