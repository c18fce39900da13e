import { DownloadMenu } from "@/components/ui/download-menu";
import type { ScorecardQuery } from "@/lib/contract/comparison";

/** A one-file report of the two chosen sides with the stated margins. */
export function ReportMenu({ runs, first, second, marginPoints, marginNats }: ScorecardQuery) {
  const query = `runs=${encodeURIComponent(runs)}&first=${first}&second=${second}&marginPoints=${marginPoints}&marginNats=${marginNats}`;
  const href = (format: string) => `/api/compare/report?${query}&format=${format}`;
  const items = [
    { label: "HTML", note: "one page with figures, for screen and paper", href: href("html") },
    { label: "Markdown", note: "tables without figures", href: href("markdown") },
  ];
  return <DownloadMenu label="Report" groups={[{ name: "Report of this comparison", items }]} />;
}
