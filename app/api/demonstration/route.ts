import { z } from "zod";
import { handle, readBody } from "@/server/http/handle";
import { startDemonstration } from "@/server/services/work/start-demonstration";

const demonstrationRequest = z.object({ kind: z.enum(["small", "smollm2"]) });

export const POST = handle(async ({ services, request }) => {
  const { kind } = await readBody(request, demonstrationRequest);
  return startDemonstration(services, kind);
});
