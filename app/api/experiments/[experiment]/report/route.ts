import { attachment } from "@/server/http/attachment";
import { handle } from "@/server/http/handle";
import { experimentReport } from "@/server/services/report/experiment-report";

export const GET = handle("GET /api/experiments/{experiment}/report", async ({ services, params, query }) =>
  attachment(await experimentReport(services, params.experiment, query, new Date())),
);
