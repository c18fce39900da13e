import { activationsRequest } from "@/lib/contract/activations";
import { download } from "@/server/http/event-stream";
import { handle, readBody } from "@/server/http/handle";
import { readActivations } from "@/server/services/work/read-activations";

export const POST = handle("POST /api/runs/{run}/activations", async ({ services, params, request }) => {
  const body = await readBody(request, activationsRequest);
  const rows = await readActivations(services, params.run, body, request.signal);
  return download(rows, { name: `activations-${params.run}.parquet`, type: "application/vnd.apache.parquet" });
});
