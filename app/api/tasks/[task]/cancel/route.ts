import { handle } from "@/server/http/handle";
import { cancelJob } from "@/server/services/work/cancel-job";

export const POST = handle("POST /api/tasks/{task}/cancel", ({ services, params }) => cancelJob(services, params.task));
