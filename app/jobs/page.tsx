import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { JobsPage } from "@/components/jobs/jobs-page";
import { jobsQuery } from "@/lib/client/jobs";
import { modelsQuery } from "@/lib/client/models";
import { runsQuery } from "@/lib/client/runs";
import { statusQuery } from "@/lib/client/status";

export const metadata: Metadata = { title: "Jobs" };

export default async function Page() {
  return (
    <WithData of={await Promise.all([read(statusQuery()), read(jobsQuery()), read(runsQuery()), read(modelsQuery())])}>
      <JobsPage />
    </WithData>
  );
}
