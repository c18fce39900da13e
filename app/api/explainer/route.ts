import { saveExplainerRequest } from "@/lib/contract/label";
import { handle, readBody } from "@/server/http/handle";
import { getExplainer, saveExplainer } from "@/server/services/explainer/settings";

export const GET = handle(({ services }) => getExplainer(services));

export const PUT = handle(async ({ services, request }) => saveExplainer(services, await readBody(request, saveExplainerRequest)));
