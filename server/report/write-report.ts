import type { ReportFormat } from "@/lib/contract/report";
import { buildReport } from "./build-report";
import { writeHtml } from "./html/write-html";
import { writeMarkdown } from "./markdown/write-markdown";
import type { ReportMaterial } from "./material";

/** A report as text; the same for the same material. */
export function writeReport(material: ReportMaterial, format: ReportFormat): string {
  const document = buildReport(material);
  switch (format) {
    case "html":
      return writeHtml(document);
    case "markdown":
      return writeMarkdown(document);
  }
}
