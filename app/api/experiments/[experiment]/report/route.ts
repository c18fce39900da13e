import { experimentReportQuery } from "@/lib/contract/report";
import { attachment } from "@/server/http/attachment";
import { handle, readQuery } from "@/server/http/handle";
import { experimentReport } from "@/server/services/report/experiment-report";

const numbers = ["marginPoints", "marginNats"];

export const GET = handle<{ experiment: string }>(async ({ services, params, query }) =>
  attachment(await experimentReport(services, params.experiment, readQuery(experimentReportQuery, query, { numbers }), new Date())),
);
