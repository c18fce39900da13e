import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { ModelsPage } from "@/components/models/models-page";
import { modelsQuery } from "@/lib/client/models";
import { tasksQuery } from "@/lib/client/tasks";

export const metadata: Metadata = { title: "Models" };

export default async function Page() {
  return (
    <WithData of={await Promise.all([read(modelsQuery()), read(tasksQuery())])}>
      <ModelsPage />
    </WithData>
  );
}
