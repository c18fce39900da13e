import { z } from "zod";
import { handle, readQuery } from "@/server/http/handle";
import { listDataRows } from "@/server/services/library/list-data-rows";

const page = z.object({ from: z.int().min(0).default(0), count: z.int().min(1).max(200).default(20) });

export const GET = handle<{ dataSet: string }>(({ services, params, query }) =>
  listDataRows(services, params.dataSet, readQuery(page, query, { numbers: ["from", "count"] })),
);
