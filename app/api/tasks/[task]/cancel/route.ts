import { handle } from "@/server/http/handle";
import { cancelTask } from "@/server/services/work/cancel-task";

export const POST = handle<{ task: string }>(({ services, params }) => cancelTask(services, params.task));
