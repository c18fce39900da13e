import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { DictionariesPage } from "@/components/dictionaries/dictionaries-page";
import { dictionariesQueryOptions } from "@/lib/client/dictionaries";
import { jobsQuery } from "@/lib/client/jobs";

export const metadata: Metadata = { title: "Dictionaries" };

export default async function Page() {
  return (
    <WithData of={await Promise.all([read(dictionariesQueryOptions()), read(jobsQuery())])}>
      <DictionariesPage />
    </WithData>
  );
}
