import { handle } from "@/server/http/handle";
import { getStatus } from "@/server/services/work/get-status";

export const GET = handle(({ services }) => getStatus(services));
