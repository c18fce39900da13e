import { comparisonReportQuery } from "@/lib/contract/report";
import { attachment } from "@/server/http/attachment";
import { handle, readQuery } from "@/server/http/handle";
import { comparisonReport } from "@/server/services/report/comparison-report";

const numbers = ["first", "second", "marginPoints", "marginNats"];

export const GET = handle(async ({ services, query }) =>
  attachment(await comparisonReport(services, readQuery(comparisonReportQuery, query, { numbers }), new Date())),
);
