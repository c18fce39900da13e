import { download } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";
import { probesTable } from "@/server/services/concepts/detection-table";

export const GET = handle("GET /api/detections/{detection}/probes", async ({ services, params }) =>
  download(await probesTable(services, params.detection), {
    name: `probes-${params.detection}.csv`,
    type: "text/csv; charset=utf-8",
  }),
);
