import { eventStream } from "@/server/http/event-stream";
import { handle } from "@/server/http/handle";

export const GET = handle("GET /api/events", async ({ live, request, query }) =>
  eventStream(request, (sink) => live.subscribe({ ...sink, isFull: query.scope === "full" })),
);
