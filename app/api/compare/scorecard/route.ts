import { pairQuery } from "@/lib/contract/comparison";
import { handle, readQuery } from "@/server/http/handle";
import { compareScores } from "@/server/services/comparison/scorecard";

export const GET = handle(({ services, query }) => compareScores(services, readQuery(pairQuery, query, { numbers: ["first", "second"] })));
