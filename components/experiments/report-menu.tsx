import { DownloadMenu } from "@/components/ui/download-menu";

/** A one-file report of the experiment: its final runs compared, and the sweep. */
export function ReportMenu({ experimentId }: { readonly experimentId: string }) {
  const href = (format: string) => `/api/experiments/${encodeURIComponent(experimentId)}/report?format=${format}`;
  const items = [
    { label: "HTML", note: "one page with figures, for screen and paper", href: href("html") },
    { label: "Markdown", note: "tables without figures", href: href("markdown") },
  ];
  return <DownloadMenu label="Report" groups={[{ name: "Report of this experiment", items }]} />;
}
