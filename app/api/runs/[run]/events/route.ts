import { eventStream } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";

export const GET = handle("GET /api/runs/{run}/events", async ({ live, request, params }) =>
  eventStream(request, (sink) => live.subscribe({ ...sink, runId: params.run })),
);
