import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { type PageSearch, searchOf } from "@/app/prefetch/search-of";
import { WithData } from "@/app/prefetch/with-data";
import { NewRunPage } from "@/components/new-run/new-run-page";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery, runsQuery } from "@/lib/client/runs";

export const metadata: Metadata = { title: "New run" };

export default async function Page({ searchParams }: { searchParams: PageSearch }) {
  const from = (await searchOf(searchParams)).get("from") ?? "";
  const begun = from === "" ? [] : [read(runRecordQuery(from))];
  return (
    <WithData of={await Promise.all([read(modelsQuery()), read(dataSetsQuery()), read(runsQuery()), ...begun])}>
      <NewRunPage />
    </WithData>
  );
}
