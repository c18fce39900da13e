import { handle } from "@/server/http/handle";
import { compareItems } from "@/server/services/comparison/compared-items";

export const GET = handle("GET /api/compare/items", ({ services, query }) => compareItems(services, query));
