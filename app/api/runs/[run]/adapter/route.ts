import { download } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";
import { exportAdapter } from "@/server/services/runs/export-adapter";

export const GET = handle("GET /api/runs/{run}/adapter", async ({ services, params }) => {
  const { name, tar } = await exportAdapter(services, params.run);
  return download(tar, { name: `${name}.tar`, type: "application/x-tar" });
});
