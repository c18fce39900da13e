import { handle } from "@/server/http/handle";
import { listDataRows } from "@/server/services/library/list-data-rows";

export const GET = handle("GET /api/data/{dataSet}/rows", ({ services, params, query }) => listDataRows(services, params.dataSet, query));
