"use client";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { classNames } from "./class-names";

type DisclosureProps = {
  readonly summary: ReactNode;
  readonly children: ReactNode;
  /** Where there is room, what is folded stands open, without its line. */
  readonly isForNarrow?: boolean;
  readonly isOpenAtFirst?: boolean;
};

/** What is rarely needed, folded under a line. */
export function Disclosure({ summary, children, isForNarrow = false, isOpenAtFirst = false }: DisclosureProps) {
  // Later it is the reader's: what unfolds while being filled in must not fold when it is filled.
  const [isOpen] = useState(isOpenAtFirst);
  return (
    <details className={classNames("disclosure", isForNarrow && "narrow")} open={isOpen}>
      <summary>
        <ChevronRight className="chevron" size={13} aria-hidden="true" />
        {summary}
      </summary>
      {children}
    </details>
  );
}
