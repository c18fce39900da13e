import { handle } from "@/server/http/handle";
import { listJobs } from "@/server/services/work/list-jobs";

export const GET = handle("GET /api/tasks", ({ services }) => listJobs(services));
