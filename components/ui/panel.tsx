import type { ReactNode } from "react";
import { classNames } from "./class-names";
import { Disclosure } from "./disclosure";

type PanelProps = {
  /** Names the quantity or the subject. */
  title: ReactNode;
  level?: 2 | 3;
  /** Quiet facts and controls at the right of the title. */
  aside?: ReactNode;
  foot?: ReactNode;
  /** False when the children bring their own padding (tables, lists). */
  isPadded?: boolean;
  className?: string;
  /** What is inside, in a line under which it is folded where the screen is narrow. */
  fold?: ReactNode;
  children: ReactNode;
};

/** A framed part of a page. A panel never holds a panel. */
export function Panel({ title, level = 2, aside, foot, isPadded = true, className, fold, children }: PanelProps) {
  const Heading = level === 2 ? "h2" : "h3";
  const inside = (
    <>
      {isPadded ? <div className="body">{children}</div> : children}
      {foot ? <div className="foot">{foot}</div> : null}
    </>
  );
  return (
    <section className={classNames("panel", className)}>
      <header>
        <Heading>{title}</Heading>
        {aside}
      </header>
      {fold === undefined ? (
        inside
      ) : (
        <Disclosure isForNarrow summary={fold}>
          {inside}
        </Disclosure>
      )}
    </section>
  );
}
