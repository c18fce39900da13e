import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { ImportRunPage } from "@/components/runs/import/import-run-page";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";

export const metadata: Metadata = { title: "Import a run" };

export default async function Page() {
  return (
    <WithData of={await Promise.all([read(modelsQuery()), read(dataSetsQuery())])}>
      <ImportRunPage />
    </WithData>
  );
}
