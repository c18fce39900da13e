import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { ModelsPage } from "@/components/models/models-page";
import { hubCacheQuery } from "@/lib/client/hub";
import { jobsQuery } from "@/lib/client/jobs";
import { modelsQuery } from "@/lib/client/models";
import { runsQuery } from "@/lib/client/runs";

export const metadata: Metadata = { title: "Models" };

export default async function Page() {
  return (
    <WithData of={await Promise.all([read(modelsQuery()), read(jobsQuery()), read(hubCacheQuery()), read(runsQuery())])}>
      <ModelsPage />
    </WithData>
  );
}
