import { dataRowsQuery } from "@/lib/contract/endpoints/queries";
import { handle, readQuery } from "@/server/http/handle";
import { listDataRows } from "@/server/services/library/list-data-rows";

export const GET = handle<{ dataSet: string }>(({ services, params, query }) =>
  listDataRows(services, params.dataSet, readQuery(dataRowsQuery, query, { numbers: ["from", "count"] })),
);
