import { answering } from "@/server/http/handle";
import { openaiRefusal } from "@/server/http/openai";
import { ServiceError } from "@/server/services/errors";

/** Unknown endpoints, answered in a form that OpenAI's clients can read. */
const notThere = answering<{ rest: string[] }>(async ({ params }) => {
  const there = "/v1/chat/completions, /v1/completions and /v1/models";
  throw new ServiceError("notFound", `/v1/${params.rest.join("/")} does not exist. Available: ${there}.`);
}, openaiRefusal);

export { notThere as DELETE, notThere as GET, notThere as POST };
