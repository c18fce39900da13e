import { handle } from "@/server/http/handle";
import { getStudy, removeStudy } from "@/server/services/steering/studies";

export const GET = handle<{ study: string }>(({ services, params }) => getStudy(services, params.study));

export const DELETE = handle<{ study: string }>(({ services, params }) => removeStudy(services, params.study));
