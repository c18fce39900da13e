import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { JobsPage } from "@/components/jobs/jobs-page";
import { modelsQuery } from "@/lib/client/models";
import { runsQuery } from "@/lib/client/runs";
import { statusQuery } from "@/lib/client/status";
import { tasksQuery } from "@/lib/client/tasks";

export const metadata: Metadata = { title: "Jobs" };

export default async function Page() {
  return (
    <WithData of={await Promise.all([read(statusQuery()), read(tasksQuery()), read(runsQuery()), read(modelsQuery())])}>
      <JobsPage />
    </WithData>
  );
}
