import { handle } from "@/server/http/handle";
import { listTasks } from "@/server/services/work/list-tasks";

export const GET = handle("GET /api/tasks", ({ services }) => listTasks(services));
