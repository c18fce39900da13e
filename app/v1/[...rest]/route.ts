import { answering } from "@/server/http/handle";
import { openaiRefusal } from "@/server/http/openai";
import { ServiceError } from "@/server/services/errors";

/** What a client asks for that is not there, in a form that it can read. */
const notThere = answering<{ rest: string[] }>(async ({ params }) => {
  const there = "/v1/chat/completions, /v1/completions and /v1/models are";
  throw new ServiceError("notFound", `/v1/${params.rest.join("/")} is not there; ${there}.`);
}, openaiRefusal);

export { notThere as DELETE, notThere as GET, notThere as POST };
