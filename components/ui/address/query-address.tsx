"use client";
import { throttle } from "nuqs";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";

/** Safari and Firefox refuse after about a hundred writes in ten seconds. nuqs waits three times as long as said here: Next writes three times for one change. */
const options = { limitUrlUpdates: throttle(130) };

/** State in the query of an address: a change shows at once and replaces the address without asking the server. */
export function QueryAddress({ children }: { readonly children: ReactNode }) {
  return <NuqsAdapter defaultOptions={options}>{children}</NuqsAdapter>;
}
