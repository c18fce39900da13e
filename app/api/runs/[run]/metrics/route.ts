import { curveQuery } from "@/lib/contract/endpoints/queries";
import { handle, readQuery } from "@/server/http/handle";
import { getCurve } from "@/server/services/runs/run-history";

export const GET = handle<{ run: string }>(({ services, params, query }) =>
  getCurve(services, params.run, readQuery(curveQuery, query, { numbers: ["from", "to"] })),
);
