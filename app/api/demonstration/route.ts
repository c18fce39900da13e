import { demonstrationRequest } from "@/lib/contract/api";
import { handle, readBody } from "@/server/http/handle";
import { startDemonstration } from "@/server/services/work/start-demonstration";

export const POST = handle("POST /api/demonstration", async ({ services, request }) => {
  const { kind } = await readBody(request, demonstrationRequest);
  return startDemonstration(services, kind);
});
