"use client";
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";

type ScrollBoxProps = {
  /** Names what it holds. */
  readonly label: string;
  readonly className?: string | undefined;
  readonly style?: CSSProperties;
  readonly children: ReactNode;
};

/** Scrolls content without links or buttons of its own. While part of it is cut off the box can take the focus, so that the arrow keys scroll it. */
export function ScrollBox({ label, className = "scrollx", style, children }: ScrollBoxProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [isCut, setIsCut] = useState(false);
  useEffect(() => {
    const box = ref.current;
    if (box === null) return;
    const observer = new ResizeObserver(() => setIsCut(box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight));
    for (const element of [box, ...box.children]) observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={ref} className={className} style={style} {...(isCut ? { role: "region", "aria-label": label, tabIndex: 0 } : {})}>
      {children}
    </div>
  );
}
