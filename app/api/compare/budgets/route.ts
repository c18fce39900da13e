import { pairQuery } from "@/lib/contract/comparison";
import { handle, readQuery } from "@/server/http/handle";
import { compareBudgets } from "@/server/services/comparison/compared-budgets";

export const GET = handle(({ services, query }) => compareBudgets(services, readQuery(pairQuery, query, { numbers: ["first", "second"] })));
