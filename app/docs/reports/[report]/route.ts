import { answering } from "@/server/http/handle";
import { readReport } from "@/server/services/documents/read-report";

/** A report of the repository as a browser shows it: as plain text. */
export const GET = answering<{ report: string }>(async ({ params }) => {
  const text = await readReport(params.report);
  return new Response(text, { headers: { "content-type": "text/plain; charset=utf-8" } });
});
