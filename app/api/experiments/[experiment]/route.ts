import { handle } from "@/server/http/handle";
import { removeExperiment } from "@/server/services/experiments/end-experiment";
import { getExperiment } from "@/server/services/experiments/get-experiment";

export const GET = handle("GET /api/experiments/{experiment}", ({ services, params }) => getExperiment(services, params.experiment));

export const DELETE = handle("DELETE /api/experiments/{experiment}", ({ services, params }) =>
  removeExperiment(services, params.experiment),
);
