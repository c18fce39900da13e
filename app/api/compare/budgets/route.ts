import { handle } from "@/server/http/handle";
import { compareBudgets } from "@/server/services/comparison/compared-budgets";

export const GET = handle("GET /api/compare/budgets", ({ services, query }) => compareBudgets(services, query));
