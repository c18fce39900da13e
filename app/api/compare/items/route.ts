import { comparedItemQuery } from "@/lib/contract/comparison";
import { handle, readQuery } from "@/server/http/handle";
import { compareItems } from "@/server/services/comparison/compared-items";

const numbers = ["first", "second", "offset", "limit"];

export const GET = handle(({ services, query }) => compareItems(services, readQuery(comparedItemQuery, query, { numbers })));
