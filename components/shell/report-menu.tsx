import { DownloadMenu } from "@/components/ui/download-menu";
import type { ReportFormat } from "@/lib/contract/report";

type ReportMenuProps = {
  /** `experiment`, `comparison`. */
  readonly subject: string;
  readonly href: (format: ReportFormat) => string;
};

/** A report in one file. */
export function ReportMenu({ subject, href }: ReportMenuProps) {
  const items = [
    { label: "HTML", note: "one page with figures, for screen and paper", href: href("html") },
    { label: "Markdown", note: "tables without figures", href: href("markdown") },
  ];
  return <DownloadMenu label="Report" groups={[{ name: `Report of this ${subject}`, items }]} />;
}
