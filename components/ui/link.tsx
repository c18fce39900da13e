"use client";
import NextLink from "next/link";
import { type ComponentProps, useState } from "react";

/**
 * A link within the application. Its page is prefetched once somebody points at the link or focuses it; by default Next prefetches every link in view,
 * at two requests each.
 */
export function Link({ prefetch, onPointerEnter, onFocus, ...rest }: ComponentProps<typeof NextLink>) {
  const [isMeant, setIsMeant] = useState(false);
  return (
    <NextLink
      {...rest}
      prefetch={prefetch ?? (isMeant ? null : false)}
      onPointerEnter={(event) => {
        setIsMeant(true);
        onPointerEnter?.(event);
      }}
      onFocus={(event) => {
        setIsMeant(true);
        onFocus?.(event);
      }}
    />
  );
}
