import { startStudyRequest } from "@/lib/contract/study";
import { handle, readBody } from "@/server/http/handle";
import { listStudies, startStudy } from "@/server/services/steering/studies";

export const GET = handle("GET /api/runs/{run}/studies", async ({ services, params }) => ({
  studies: await listStudies(services, params.run),
}));

export const POST = handle("POST /api/runs/{run}/studies", async ({ services, params, request }) =>
  startStudy(services, params.run, await readBody(request, startStudyRequest)),
);
