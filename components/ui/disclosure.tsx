import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

/** What is rarely needed, folded under a line. */
export function Disclosure({ summary, children }: { summary: ReactNode; children: ReactNode }) {
  return (
    <details className="disclosure">
      <summary>
        <ChevronRight className="chevron" size={13} aria-hidden="true" />
        {summary}
      </summary>
      {children}
    </details>
  );
}
