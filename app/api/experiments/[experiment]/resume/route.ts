import { handle } from "@/server/http/handle";
import { resumeExperiment } from "@/server/services/experiments/end-experiment";

export const POST = handle("POST /api/experiments/{experiment}/resume", ({ services, params }) =>
  resumeExperiment(services, params.experiment),
);
