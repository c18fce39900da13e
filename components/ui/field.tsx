import type { ReactNode } from "react";

type FieldProps = {
  label: ReactNode;
  /** Id of the control inside. */
  htmlFor: string;
  /** At the right end of the label's line: the value of a slider, say. */
  aside?: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  children: ReactNode;
};

/** A control with its label above, and under it a hint or what is wrong. */
export function Field({ label, htmlFor, aside, hint, error, children }: FieldProps) {
  return (
    <div className="field">
      <span className="row between">
        <label className="lab" htmlFor={htmlFor}>
          {label}
        </label>
        {aside}
      </span>
      {children}
      {error ? (
        <span className="error" id={`${htmlFor}-note`} role="alert">
          {error}
        </span>
      ) : hint ? (
        <span className="hint" id={`${htmlFor}-note`}>
          {hint}
        </span>
      ) : null}
    </div>
  );
}
