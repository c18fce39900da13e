import type { ReportFormat } from "@/lib/contract/report";

/** A report as a file: its name, its media type and its text. */
export type ReportFile = { readonly name: string; readonly type: string; readonly text: string };

const mediaTypes: Record<ReportFormat, string> = { html: "text/html; charset=utf-8", markdown: "text/markdown; charset=utf-8" };

export function reportFile(title: string, format: ReportFormat, text: string): ReportFile {
  return { name: fileName(title, format), type: mediaTypes[format], text };
}

function fileName(title: string, format: ReportFormat): string {
  const plain = title
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 80);
  return `report-${plain === "" ? "stanscope" : plain}.${format === "html" ? "html" : "md"}`;
}
