import { z } from "zod";
import { collectionFormats } from "@/lib/contract/api";
import { download } from "@/server/http/event-stream";
import { handle, readQuery } from "@/server/http/handle";
import { readLatentQuery } from "@/server/http/latent-query";
import { exportCollection } from "@/server/services/interop/export-collection";
import { exportParquet } from "@/server/services/interop/export-parquet";

const request = z.object({ format: z.enum([...collectionFormats, "parquet"]), module: z.string().optional() });

export const GET = handle<{ collection: string }>(async ({ services, params, query }) => {
  const { format, module } = readQuery(request, query, { numbers: [] });
  if (format === "parquet") {
    const rows = await exportParquet(services, readLatentQuery(query, params.collection));
    return download(rows, { name: `latents-${params.collection}.parquet`, type: "application/vnd.apache.parquet" });
  }
  const { name, archive } = await exportCollection(services, params.collection, format, module);
  return download(archive, { name, type: "application/gzip" });
});
