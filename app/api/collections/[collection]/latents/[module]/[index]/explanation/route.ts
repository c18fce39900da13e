import { handle } from "@/server/http/handle";
import { readLatentPlace } from "@/server/http/latent-place";
import { explainLatent, previewExplanation } from "@/server/services/explainer/explain-latent";

type Params = { collection: string; module: string; index: string };

export const GET = handle<Params>(({ services, params }) => previewExplanation(services, params.collection, readLatentPlace(params)));

export const POST = handle<Params>(({ services, params, request }) =>
  explainLatent(services, params.collection, readLatentPlace(params), request.signal),
);
