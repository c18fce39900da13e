import { handle } from "@/server/http/handle";
import { listColumnHistograms } from "@/server/services/latents/list-column-histograms";

export const GET = handle<{ collection: string }>(async ({ services, params }) => ({
  histograms: await listColumnHistograms(services, params.collection),
}));
