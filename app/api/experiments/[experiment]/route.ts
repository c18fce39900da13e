import { handle } from "@/server/http/handle";
import { removeExperiment } from "@/server/services/experiments/end-experiment";
import { getExperiment } from "@/server/services/experiments/get-experiment";

export const GET = handle<{ experiment: string }>(({ services, params }) => getExperiment(services, params.experiment));

export const DELETE = handle<{ experiment: string }>(({ services, params }) => removeExperiment(services, params.experiment));
