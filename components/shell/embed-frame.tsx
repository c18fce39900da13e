"use client";
import type { MouseEvent, ReactNode } from "react";

/** What is shown in a frame of another page: its links open windows of their own, so that nothing else of the application is ever inside the frame. */
export function EmbedFrame({ children }: { readonly children: ReactNode }) {
  return <div onClickCapture={leadOut}>{children}</div>;
}

function leadOut({ target }: MouseEvent): void {
  const link = target instanceof Element ? target.closest("a") : null;
  if (link === null || link.hasAttribute("download")) return;
  link.target = "_blank";
  link.rel = "noopener";
}
