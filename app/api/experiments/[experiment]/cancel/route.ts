import { handle } from "@/server/http/handle";
import { cancelExperiment } from "@/server/services/experiments/end-experiment";

export const POST = handle<{ experiment: string }>(({ services, params }) => cancelExperiment(services, params.experiment));
