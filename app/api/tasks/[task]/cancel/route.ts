import { handle } from "@/server/http/handle";
import { cancelTask } from "@/server/services/work/cancel-task";

export const POST = handle("POST /api/tasks/{task}/cancel", ({ services, params }) => cancelTask(services, params.task));
