import { AppRouterContext, type AppRouterInstance } from "next/dist/shared/lib/app-router-context.shared-runtime";
import { PathnameContext, SearchParamsContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { type ReactNode, startTransition, useEffect, useMemo, useState } from "react";
import { QueryAddress } from "@/components/ui/address/query-address";

type RouterProps = {
  /** Told of each address for which the server would be asked. */
  readonly onRequest?: (href: string) => void;
  readonly children: ReactNode;
};

/** What Next's router gives a page, over the window's history: it follows every write a moment later. */
export function Router({ onRequest, children }: RouterProps) {
  const [href, setHref] = useState(() => window.location.href);
  useEffect(() => {
    const { history } = window;
    const before = { pushState: history.pushState, replaceState: history.replaceState };
    const follow = () => startTransition(() => setHref(window.location.href));
    for (const name of ["pushState", "replaceState"] as const) {
      history[name] = (...written) => {
        before[name].apply(history, written);
        follow();
      };
    }
    window.addEventListener("popstate", follow);
    return () => {
      Object.assign(history, before);
      window.removeEventListener("popstate", follow);
    };
  }, []);
  const { pathname, search } = new URL(href);
  const query = useMemo(() => new URLSearchParams(search), [search]);
  const router = useMemo<AppRouterInstance>(() => {
    const go = (how: "pushState" | "replaceState") => (next: string) => {
      onRequest?.(next);
      window.history[how](null, "", next);
    };
    const nothing = () => undefined;
    const others = { back: nothing, forward: nothing, refresh: nothing, prefetch: nothing, bfcacheId: "" };
    return { push: go("pushState"), replace: go("replaceState"), ...others };
  }, [onRequest]);
  return (
    <AppRouterContext value={router}>
      <PathnameContext value={pathname}>
        <SearchParamsContext value={query}>
          <QueryAddress>{children}</QueryAddress>
        </SearchParamsContext>
      </PathnameContext>
    </AppRouterContext>
  );
}
