import { handle } from "@/server/http/handle";
import { resumeRun } from "@/server/services/runs/resume-run";

export const POST = handle("POST /api/runs/{run}/resume", ({ services, params }) => resumeRun(services, params.run));
