import { download } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";
import { detectionTable } from "@/server/services/concepts/detection-table";

export const GET = handle("GET /api/detections/{detection}/table", async ({ services, params }) =>
  download(await detectionTable(services, params.detection), {
    name: `detection-${params.detection}.csv`,
    type: "text/csv; charset=utf-8",
  }),
);
