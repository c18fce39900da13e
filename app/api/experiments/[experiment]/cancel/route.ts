import { handle } from "@/server/http/handle";
import { cancelExperiment } from "@/server/services/experiments/end-experiment";

export const POST = handle("POST /api/experiments/{experiment}/cancel", ({ services, params }) =>
  cancelExperiment(services, params.experiment),
);
