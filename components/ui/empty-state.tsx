import type { ReactNode } from "react";

type EmptyStateProps = {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** What happens after the action, in its order. */
  readonly steps?: readonly { readonly name: string; readonly text: string }[];
};

/** What would be here, and the one action that brings it. */
export function EmptyState({ title, children, action, steps = [] }: EmptyStateProps) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children ? <p>{children}</p> : null}
      {action ? <div className="row">{action}</div> : null}
      {steps.length > 0 ? (
        <ol>
          {steps.map(({ name, text }) => (
            <li key={name}>
              <b>{name}</b>
              {text}
            </li>
          ))}
        </ol>
      ) : null}
    </div>
  );
}
