import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { NewExperimentPage } from "@/components/experiments/form/new-experiment-page";
import { dataSetsQuery } from "@/lib/client/data";
import { benchmarkChoicesQuery } from "@/lib/client/experiments";
import { modelsQuery } from "@/lib/client/models";

export const metadata: Metadata = { title: "New experiment" };

export default async function Page() {
  return (
    <WithData of={await Promise.all([read(modelsQuery()), read(dataSetsQuery()), read(benchmarkChoicesQuery())])}>
      <NewExperimentPage />
    </WithData>
  );
}
