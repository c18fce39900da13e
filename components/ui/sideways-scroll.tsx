"use client";
import { type ReactNode, useEffect, useRef, useState } from "react";

type SidewaysScrollProps = {
  /** Names what it holds. */
  readonly label: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
};

/** A table without links or buttons that may be wider than its panel: where it is, it takes the focus, and the arrow keys scroll it. */
export function SidewaysScroll({ label, className = "scrollx", children }: SidewaysScrollProps) {
  const ref = useRef<HTMLElement>(null);
  const [isCut, setIsCut] = useState(false);
  useEffect(() => {
    const box = ref.current;
    if (box === null) return;
    const observer = new ResizeObserver(() => setIsCut(box.scrollWidth > box.clientWidth));
    for (const element of [box, ...box.children]) observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <section ref={ref} className={className} aria-label={label} {...(isCut ? { tabIndex: 0 } : {})}>
      {children}
    </section>
  );
}
