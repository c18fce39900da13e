import { DownloadMenu } from "@/components/ui/download-menu";

type ReportMenuProps = { readonly runs: string; readonly first: number; readonly second: number };

/** A report of the comparison as one file, read by the two sides that are chosen. */
export function ReportMenu({ runs, first, second }: ReportMenuProps) {
  const href = (format: string) => `/api/compare/report?runs=${encodeURIComponent(runs)}&first=${first}&second=${second}&format=${format}`;
  const items = [
    { label: "HTML", note: "one page with figures, for screen and paper", href: href("html") },
    { label: "Markdown", note: "tables without figures", href: href("markdown") },
  ];
  return <DownloadMenu label="Report" groups={[{ name: "Report of this comparison", items }]} />;
}
