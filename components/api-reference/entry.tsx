"use client";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import styles from "./api-reference.module.css";

/** A line that opens on click, or when the address names it; its content is rendered only then. */
export function Entry({ id, line, children }: { id: string; line: ReactNode; children: () => ReactNode }) {
  const entry = useRef<HTMLDetailsElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const open = () => {
      if (decodeURIComponent(window.location.hash.slice(1)) !== id) return;
      setIsOpen(true);
      entry.current?.scrollIntoView();
    };
    open();
    window.addEventListener("hashchange", open);
    return () => window.removeEventListener("hashchange", open);
  }, [id]);
  return (
    <details ref={entry} className={styles["entry"]} id={id} open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <ChevronRight size={13} aria-hidden="true" />
        {line}
      </summary>
      {isOpen ? <div className={`stack fit ${styles["inside"]}`}>{children()}</div> : null}
    </details>
  );
}
