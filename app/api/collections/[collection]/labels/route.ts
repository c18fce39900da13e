import { saveLabelRequest } from "@/lib/contract/label";
import { download } from "@/server/http/event-stream";
import { handle, readBody } from "@/server/http/handle";
import { exportLabels } from "@/server/services/labels/export-labels";
import { listLabels } from "@/server/services/labels/list-labels";
import { saveLabel } from "@/server/services/labels/save-label";

export const GET = handle("GET /api/collections/{collection}/labels", async ({ services, params, query }) => {
  const { format } = query;
  if (format === undefined) return { labels: await listLabels(services, params.collection) };
  const type = format === "csv" ? "text/csv; charset=utf-8" : "application/json";
  return download(await exportLabels(services, params.collection, format), { name: `labels-${params.collection}.${format}`, type });
});

export const PUT = handle("PUT /api/collections/{collection}/labels", async ({ services, params, request }) => ({
  labels: await saveLabel(services, params.collection, await readBody(request, saveLabelRequest)),
}));
