import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";

type NotFoundNoteProps = {
  readonly title: string;
  /** Where to go from here, and what the link says. */
  readonly href: string;
  readonly back: string;
  readonly children: ReactNode;
};

/** In place of a page that is not there. */
export function NotFoundNote({ title, href, back, children }: NotFoundNoteProps) {
  return (
    <main className="page">
      <div className="empty">
        <h1>{title}</h1>
        <p>{children}</p>
        <div className="row">
          <ButtonLink look="primary" href={href}>
            {back}
          </ButtonLink>
        </div>
      </div>
    </main>
  );
}
