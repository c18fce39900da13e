import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { NewRunPage } from "@/components/new-run/new-run-page";
import { readNewRunAddress } from "@/components/shell/new-run-address";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery, runsQuery } from "@/lib/client/runs";

export const metadata: Metadata = { title: "New run" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const { from } = await readNewRunAddress(searchParams);
  const begun = from === null ? [] : [read(runRecordQuery(from))];
  return (
    <WithData of={await Promise.all([read(modelsQuery()), read(dataSetsQuery()), read(runsQuery()), ...begun])}>
      <NewRunPage />
    </WithData>
  );
}
