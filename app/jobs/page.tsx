import type { Metadata } from "next";
import { JobsPage } from "@/components/jobs/jobs-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "Jobs" };

export default function Page() {
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <JobsPage />
    </Hydrated>
  );
}
