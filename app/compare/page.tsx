import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { readCompareAddress } from "@/components/compare/compare-address";
import { ComparePage } from "@/components/compare/compare-page";
import { comparisonQuery } from "@/lib/client/comparison";
import { runsQuery } from "@/lib/client/runs";

type ComparePageProps = { searchParams: Promise<SearchParams> };

export async function generateMetadata({ searchParams }: ComparePageProps): Promise<Metadata> {
  const { runs } = await readCompareAddress(searchParams);
  const { answer } = await read(runsQuery());
  const names = runs.map((id) => answer?.runs.find((run) => run.id === id)?.name ?? id);
  return { title: ["Compare", ...names].join(" · ") };
}

/** The numbers of a comparison take longer than a page should wait: the browser fetches them. */
export default async function Page({ searchParams }: ComparePageProps) {
  const { runs } = await readCompareAddress(searchParams);
  const compared = runs.length < 2 ? [] : [read(comparisonQuery(runs))];
  return (
    <WithData of={await Promise.all([read(runsQuery()), ...compared])}>
      <ComparePage />
    </WithData>
  );
}
