"use client";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useIsHydrated } from "@/components/ui/hydrated";
import { followScroll, placeAtDrawn, placeAtRows, type ScrollPlace, scrollMap } from "./scroll-map";

type RowWindow = {
  /** Rows that are drawn: those in sight and some around. */
  readonly rows: readonly number[];
  /** Pixels above and below them. */
  readonly padTop: number;
  readonly padBottom: number;
  /** Scrolls no further than it takes to see a row. */
  readonly showRow: (index: number) => void;
};

type RowWindowInput = {
  readonly body: RefObject<HTMLElement | null>;
  readonly count: number;
  /** Pixels, the same for every row. */
  readonly rowHeight: number;
  /** Pixels of the window that stay covered above and below the rows. */
  readonly covered: { readonly above: number; readonly below: number };
};

const overscan = 12;
const pauseMs = 160;
/** Pixels of rows that the server draws: those that most windows show below the head. The browser adds the others at once. */
const heightOnServer = 640;

/** Which of a table's rows are drawn while the window scrolls, for any number of rows. Draws anew only when other rows come into sight. */
export function useRowWindow({ body, count, rowHeight, covered }: RowWindowInput): RowWindow {
  const place = useRef<ScrollPlace>({ drawn: 0, shift: 0 });
  const [shift, setShift] = useState(0);
  const isHydrated = useIsHydrated();
  const [viewHeight, setViewHeight] = useState(() => (isHydrated ? window.innerHeight : heightOnServer));
  const map = scrollMap(count, rowHeight, viewHeight);
  const latest = useRef(map);
  const top = useRef(0);
  const report = useRef<(isScrolling: boolean) => void>(() => undefined);
  const isPending = useRef(false);

  /** Takes a new place. With another shift the window is scrolled only when the rows have moved, before either is seen. */
  const take = useCallback((next: ScrollPlace, isScrolling: boolean) => {
    const hasShifted = next.shift !== place.current.shift;
    place.current = next;
    isPending.current = hasShifted;
    if (hasShifted) return setShift(next.shift);
    scrollWindowTo(next.drawn + top.current);
    report.current(isScrolling);
  }, []);
  useLayoutEffect(() => {
    if (!isPending.current || shift !== place.current.shift) return;
    isPending.current = false;
    scrollWindowTo(place.current.drawn + top.current);
    report.current(false);
  }, [shift]);

  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => rowHeight,
    overscan: isHydrated ? overscan : 0,
    initialRect: { width: 0, height: viewHeight },
    initialOffset: () => (isHydrated ? window.scrollY : 0),
    // Where the rows are looked at is not where the window is scrolled to: the shift lies between.
    observeElementOffset: useCallback(
      (_instance: unknown, tell: (offset: number, isScrolling: boolean) => void) => {
        report.current = (isScrolling) => tell(Math.max(0, place.current.drawn + place.current.shift), isScrolling);
        let pause: ReturnType<typeof setTimeout> | undefined;
        const settle = () => take(placeAtRows(latest.current, place.current.drawn + place.current.shift), false);
        const follow = () => {
          clearTimeout(pause);
          pause = setTimeout(settle, pauseMs);
          const next = followScroll(latest.current, place.current, window.scrollY - top.current);
          take(next, true);
        };
        place.current = placeAtDrawn(latest.current, window.scrollY - top.current);
        report.current(false);
        window.addEventListener("scroll", follow, { passive: true });
        return () => {
          clearTimeout(pause);
          window.removeEventListener("scroll", follow);
        };
      },
      [take],
    ),
    scrollToFn: () => undefined,
  });

  useEffect(() => {
    const onResize = () => setViewHeight(window.innerHeight);
    onResize();
    window.addEventListener("resize", onResize);
    return () => window.removeEventListener("resize", onResize);
  }, []);
  // Other rows, or rows of another height: the scroll bar stays, and means what it means in the new table.
  useLayoutEffect(() => {
    latest.current = scrollMap(count, rowHeight, viewHeight);
    if (rowHeight > 0) virtualizer.measure();
    place.current = placeAtDrawn(latest.current, window.scrollY - top.current);
    setShift(place.current.shift);
    report.current(false);
  }, [count, rowHeight, viewHeight, virtualizer]);
  // Where the rows begin, kept as what stands above them grows.
  useLayoutEffect(() => {
    const measure = () => {
      if (body.current === null) return;
      top.current = Math.round(body.current.getBoundingClientRect().top + window.scrollY);
      place.current = { drawn: window.scrollY - top.current, shift: place.current.shift };
      report.current(false);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [body]);

  const items = virtualizer.getVirtualItems().filter(({ start, end }) => start >= shift && end <= shift + map.drawnHeight);
  const showRow = useCallback(
    (index: number) => {
      const now = place.current.drawn + place.current.shift;
      const above = index * rowHeight - covered.above;
      const below = (index + 1) * rowHeight - (window.innerHeight - covered.below);
      const wanted = now > above ? above : Math.max(now, below);
      if (wanted === now) return;
      const isNear = Math.abs(wanted - now) < window.innerHeight;
      take(isNear ? followScroll(latest.current, place.current, wanted - place.current.shift) : placeAtRows(latest.current, wanted), false);
    },
    [covered.above, covered.below, rowHeight, take],
  );
  return {
    rows: items.map(({ index }) => index),
    padTop: Math.max(0, (items[0]?.start ?? shift) - shift),
    padBottom: Math.max(0, map.drawnHeight + shift - (items.at(-1)?.end ?? shift)),
    showRow,
  };
}

function scrollWindowTo(top: number): void {
  if (Math.abs(window.scrollY - top) > 1) window.scrollTo(window.scrollX, Math.round(top));
}
