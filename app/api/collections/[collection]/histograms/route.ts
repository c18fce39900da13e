import { handle } from "@/server/http/handle";
import { listColumnHistograms } from "@/server/services/latents/list-column-histograms";

export const GET = handle("GET /api/collections/{collection}/histograms", async ({ services, params }) => ({
  histograms: await listColumnHistograms(services, params.collection),
}));
