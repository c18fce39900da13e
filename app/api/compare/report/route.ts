import { attachment } from "@/server/http/attachment";
import { handle } from "@/server/http/handle";
import { comparisonReport } from "@/server/services/report/comparison-report";

export const GET = handle("GET /api/compare/report", async ({ services, query }) =>
  attachment(await comparisonReport(services, query, new Date())),
);
