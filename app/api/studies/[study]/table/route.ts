import { download } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";
import { studyTable } from "@/server/services/steering/study-table";

export const GET = handle("GET /api/studies/{study}/table", async ({ services, params }) =>
  download(await studyTable(services, params.study), { name: `study-${params.study}.csv`, type: "text/csv; charset=utf-8" }),
);
