import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { RunsPage } from "@/components/runs/runs-page";
import { jobsQuery } from "@/lib/client/jobs";
import { runsQuery } from "@/lib/client/runs";
import { sampleQuery } from "@/lib/client/sample";
import { statusQuery } from "@/lib/client/status";

export default async function HomePage() {
  const [runs, ...others] = await Promise.all([read(runsQuery()), read(jobsQuery()), read(statusQuery())]);
  const isFirst = runs.answer?.runs.length === 0;
  return (
    <WithData of={[runs, ...others, ...(isFirst ? [await read(sampleQuery())] : [])]}>
      <RunsPage />
    </WithData>
  );
}
