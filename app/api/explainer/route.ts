import { saveExplainerRequest } from "@/lib/contract/label";
import { handle, readBody } from "@/server/http/handle";
import { getExplainer, saveExplainer } from "@/server/services/explainer/settings";

export const GET = handle("GET /api/explainer", ({ services }) => getExplainer(services));

export const PUT = handle("PUT /api/explainer", async ({ services, request }) =>
  saveExplainer(services, await readBody(request, saveExplainerRequest)),
);
