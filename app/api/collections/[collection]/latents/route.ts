import { download } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";
import { readLatentQuery } from "@/server/http/latent-query";
import { exportLatents } from "@/server/services/latents/export-latents";
import { listLatents } from "@/server/services/latents/list-latents";

export const GET = handle<{ collection: string }>(async ({ services, params, query }) => {
  const latents = readLatentQuery(query, params.collection);
  const format = query.get("format");
  if (format !== "csv" && format !== "json") return listLatents(services, latents);
  const type = format === "csv" ? "text/csv; charset=utf-8" : "application/json";
  return download(await exportLatents(services, latents, format), { name: `latents-${params.collection}.${format}`, type });
});
