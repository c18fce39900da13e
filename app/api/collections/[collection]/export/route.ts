import { download } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";
import { exportCollection } from "@/server/services/interop/export-collection";
import { exportParquet } from "@/server/services/interop/export-parquet";

export const GET = handle("GET /api/collections/{collection}/export", async ({ services, params, query }) => {
  const { format, ...latents } = query;
  if (format === "parquet") {
    const rows = await exportParquet(services, { ...latents, collectionId: params.collection });
    return download(rows, { name: `latents-${params.collection}.parquet`, type: "application/vnd.apache.parquet" });
  }
  const { name, archive } = await exportCollection(services, params.collection, format, latents.module);
  return download(archive, { name, type: "application/gzip" });
});
