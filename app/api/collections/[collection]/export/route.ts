import { exportQuery } from "@/lib/contract/endpoints/queries";
import { download } from "@/server/http/event-stream";
import { handle, readQuery } from "@/server/http/handle";
import { readLatentQuery } from "@/server/http/latent-query";
import { exportCollection } from "@/server/services/interop/export-collection";
import { exportParquet } from "@/server/services/interop/export-parquet";

export const GET = handle<{ collection: string }>(async ({ services, params, query }) => {
  const { format, module } = readQuery(exportQuery, query, { numbers: [] });
  if (format === "parquet") {
    const rows = await exportParquet(services, readLatentQuery(query, params.collection));
    return download(rows, { name: `latents-${params.collection}.parquet`, type: "application/vnd.apache.parquet" });
  }
  const { name, archive } = await exportCollection(services, params.collection, format, module);
  return download(archive, { name, type: "application/gzip" });
});
