import type { ButtonHTMLAttributes } from "react";
import { classNames } from "./class-names";
import { Tooltip } from "./tooltip";

/** A button with an icon alone; `label` names it for all and shows on hover. */
export function IconButton({ label, className, type = "button", ...rest }: { label: string } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <Tooltip text={label}>
      <button type={type} aria-label={label} className={classNames("iconbtn", className)} {...rest} />
    </Tooltip>
  );
}
