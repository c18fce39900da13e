"use client";
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";

type ScrollBoxProps = {
  /** Names what it holds. */
  readonly label: string;
  readonly className?: string | undefined;
  readonly style?: CSSProperties;
  readonly children: ReactNode;
};

/** Holds what may be larger than its box and has no links or buttons: while a part is cut off it takes the focus, and the arrow keys scroll it. */
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
