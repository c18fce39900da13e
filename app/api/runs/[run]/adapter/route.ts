import { download } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";
import { exportAdapter } from "@/server/services/runs/export-adapter";

const types = { tar: "application/x-tar", zip: "application/zip" } as const;

export const GET = handle("GET /api/runs/{run}/adapter", async ({ services, params, query: { format } }) => {
  const { name, archive } = await exportAdapter(services, params.run, format);
  return download(archive, { name, type: types[format] });
});
