import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { readJobsAddress, workFilterOf } from "@/components/jobs/jobs-address";
import { JobsPage } from "@/components/jobs/jobs-page";
import { modelsQuery } from "@/lib/client/models";
import { statusQuery } from "@/lib/client/status";
import { workListQuery } from "@/lib/client/work";

export const metadata: Metadata = { title: "Jobs" };

type JobsProps = { searchParams: Promise<SearchParams> };

export default async function Page({ searchParams }: JobsProps) {
  const filter = workFilterOf(await readJobsAddress(searchParams));
  return (
    <WithData of={await Promise.all([read(statusQuery()), read(workListQuery(filter)), read(modelsQuery())])}>
      <JobsPage />
    </WithData>
  );
}
