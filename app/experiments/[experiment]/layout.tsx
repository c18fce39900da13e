import type { ReactNode } from "react";
import { readSubject } from "@/app/prefetch/read";
import { experimentQuery } from "@/lib/client/experiments";

type ExperimentLayoutProps = { children: ReactNode; params: Promise<{ experiment: string }> };

/** A missing experiment is noticed above the skeleton, while the status can still be 404. */
export default async function ExperimentLayout({ children, params }: ExperimentLayoutProps) {
  await readSubject(experimentQuery(decodeURIComponent((await params).experiment)));
  return children;
}
