import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { RunsPage } from "@/components/runs/runs-page";
import { jobsQuery } from "@/lib/client/jobs";
import { runsQuery } from "@/lib/client/runs";
import { statusQuery } from "@/lib/client/status";

export default async function HomePage() {
  const readings = await Promise.all([read(runsQuery()), read(jobsQuery()), read(statusQuery())]);
  return (
    <WithData of={readings}>
      <RunsPage />
    </WithData>
  );
}
