import { runLogQuery } from "@/lib/contract/endpoints/queries";
import { handle, readQuery } from "@/server/http/handle";
import { getLog } from "@/server/services/runs/run-history";

export const GET = handle<{ run: string }>(({ services, params, query }) =>
  getLog(services, params.run, readQuery(runLogQuery, query, { numbers: ["before"] })),
);
