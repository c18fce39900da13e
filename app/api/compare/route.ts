import { comparisonQuery } from "@/lib/contract/comparison";
import { handle, readQuery } from "@/server/http/handle";
import { compareRuns } from "@/server/services/comparison/compare";

export const GET = handle(({ services, query }) => compareRuns(services, readQuery(comparisonQuery, query, { numbers: [] })));
