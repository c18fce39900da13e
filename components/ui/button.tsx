import type { ButtonHTMLAttributes, ComponentProps } from "react";
import { classNames } from "./class-names";
import { Link } from "./link";

type Look = {
  look?: "default" | "primary" | "quiet" | "danger";
  size?: "normal" | "big" | "dense";
};

/** A button that says what it does; `type` is "button" unless told otherwise. */
export function Button({ look, size, className, type = "button", ...rest }: Look & ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type={type} className={classNames("btn", lookClass(look), sizeClass(size), className)} {...rest} />;
}

/** The same looks for what leads to another page. */
export function ButtonLink({ look, size, className, ...rest }: Look & ComponentProps<typeof Link>) {
  return <Link className={classNames("btn", lookClass(look), sizeClass(size), className)} {...rest} />;
}

function lookClass(look: Look["look"]): string | undefined {
  if (look === undefined || look === "default") return undefined;
  return look === "danger" ? "quiet danger" : look;
}

function sizeClass(size: Look["size"]): string | undefined {
  return size === "normal" ? undefined : size;
}
