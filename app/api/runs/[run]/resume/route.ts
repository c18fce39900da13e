import { handle } from "@/server/http/handle";
import { resumeRun } from "@/server/services/runs/resume-run";

export const POST = handle<{ run: string }>(({ services, params }) => resumeRun(services, params.run));
