import type { ComponentProps } from "react";

type DrawingProps = Omit<ComponentProps<"svg">, "viewBox" | "role" | "aria-label" | "tabIndex"> & {
  readonly width: number;
  readonly height: number;
  /** For people who do not see the drawing. */
  readonly label: string;
  /** Whether the arrow keys move something in it, such as a read-out. */
  readonly hasKeys?: boolean;
};

/** A drawing in pixels, an image with a name. */
export function Drawing({ width, height, label, hasKeys = false, ...rest }: DrawingProps) {
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      {...(hasKeys ? { tabIndex: 0 } : {})}
      {...rest}
    />
  );
}
