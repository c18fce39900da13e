import { scorecardQuery } from "@/lib/contract/comparison";
import { handle, readQuery } from "@/server/http/handle";
import { compareScores } from "@/server/services/comparison/scorecard";

const numbers = ["first", "second", "marginPoints", "marginNats"];

export const GET = handle(({ services, query }) => compareScores(services, readQuery(scorecardQuery, query, { numbers })));
