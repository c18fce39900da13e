import { answering } from "@/server/http/handle";
import { readReport } from "@/server/services/documents/read-report";

/** A report from the repository, as plain text that any browser shows. */
export const GET = answering<{ report: string }>(async ({ params }) => {
  const text = await readReport(params.report);
  return new Response(text, { headers: { "content-type": "text/plain; charset=utf-8" } });
});
