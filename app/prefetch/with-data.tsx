import type { ReactNode } from "react";
import type { Reading } from "@/app/prefetch/read";
import { ServerAnswers } from "@/components/shell/server-answers";

type WithDataProps = { readonly of: readonly Reading[]; readonly children: ReactNode };

/** Sends what was read along with the part of the page that shows it. */
export function WithData({ of: readings, children }: WithDataProps) {
  return <ServerAnswers answers={readings.flatMap(({ sent }) => sent ?? [])}>{children}</ServerAnswers>;
}
