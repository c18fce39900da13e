import { addDataSetRequest } from "@/lib/contract/data-set";
import { handle, readBody } from "@/server/http/handle";
import { addDataSet } from "@/server/services/library/add-data-set";
import { listDataSets } from "@/server/services/library/list-data-sets";

export const GET = handle("GET /api/data", async ({ services }) => ({ dataSets: await listDataSets(services) }));

export const POST = handle("POST /api/data", async ({ services, request }) =>
  addDataSet(services, await readBody(request, addDataSetRequest)),
);
