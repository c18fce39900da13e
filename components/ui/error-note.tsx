import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

type ErrorNoteProps = {
  /** What happened, and where: the step, row or file. */
  title: ReactNode;
  /** What still holds, and what to do. */
  children?: ReactNode;
  actions?: ReactNode;
  tone?: "bad" | "warn" | "info";
};

/** A failure said in its place, never in a dialog. */
export function ErrorNote({ title, children, actions, tone = "bad" }: ErrorNoteProps) {
  const Icon = tone === "bad" ? CircleAlert : tone === "warn" ? TriangleAlert : Info;
  return (
    <div className={classNames("errornote", tone !== "bad" && tone)} role={tone === "bad" ? "alert" : "status"}>
      <Icon size={14} aria-hidden="true" />
      <b className="strong">{title}</b>
      {children ? <p>{children}</p> : null}
      {actions ? <div className="row wrap">{actions}</div> : null}
    </div>
  );
}

/** The words of a thing that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
