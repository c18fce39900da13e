import { failureResponse } from "@/server/http/failures";
import { requireCaller } from "@/server/http/who-may-call";

/** Refuses pages as the routes refuse: a page of another site that resolves its own name to this machine gets nothing to read. */
export function proxy(request: Request): Response | undefined {
  try {
    requireCaller(request);
    return undefined;
  } catch (error) {
    return failureResponse(error);
  }
}

/** Routes check by themselves: what passes here has its body held, and uploads are large. */
export const config = { matcher: "/((?!api/|v1/).*)" };
