"use client";
import { useLayoutEffect } from "react";

/** How far the page was scrolled when a neighbour was asked for, and the neighbour's path. */
let kept: { readonly path: string; readonly y: number } | null = null;

/** Before a page leads to a neighbour: that shows the same part, such as its examples beside the label. */
export function keepScroll(href: string): void {
  kept = { path: href.split("?")[0] ?? href, y: window.scrollY };
}

/** Scrolls a latent's page, once it is drawn, to where that of its neighbour was left. */
export function useKeptScroll(isDrawn: boolean): void {
  useLayoutEffect(() => {
    if (!isDrawn || kept === null || kept.path !== window.location.pathname) return;
    window.scrollTo(0, kept.y);
    kept = null;
  });
}
