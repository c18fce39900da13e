import { download } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";
import { exportLatents } from "@/server/services/latents/export-latents";
import { listLatents } from "@/server/services/latents/list-latents";

export const GET = handle("GET /api/collections/{collection}/latents", async ({ services, params, query }) => {
  const { format, ...rest } = query;
  const latents = { ...rest, collectionId: params.collection };
  if (format === undefined) return listLatents(services, latents);
  const type = format === "csv" ? "text/csv; charset=utf-8" : "application/json";
  return download(await exportLatents(services, latents, format), { name: `latents-${params.collection}.${format}`, type });
});
