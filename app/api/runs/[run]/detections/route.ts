import { startDetectionRequest } from "@/lib/contract/detection";
import { handle, readBody } from "@/server/http/handle";
import { listDetections, startDetection } from "@/server/services/concepts/detections";

export const GET = handle("GET /api/runs/{run}/detections", async ({ services, params }) => ({
  detections: await listDetections(services, params.run),
}));

export const POST = handle("POST /api/runs/{run}/detections", async ({ services, params, request }) =>
  startDetection(services, params.run, await readBody(request, startDetectionRequest)),
);
