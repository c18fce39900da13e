import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { type Reading, read, shortPatienceMs } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { type CompareAddress, readCompareAddress } from "@/components/compare/compare-address";
import { ComparePage } from "@/components/compare/compare-page";
import { haveLatents, pairOf } from "@/components/compare/compared-pair";
import { budgetsQuery, comparedLatentsQuery, comparisonQuery, scorecardQuery } from "@/lib/client/comparison";
import { runsQuery } from "@/lib/client/runs";

type ComparePageProps = { searchParams: Promise<SearchParams> };

export async function generateMetadata({ searchParams }: ComparePageProps): Promise<Metadata> {
  const { runs } = await readCompareAddress(searchParams);
  const { answer } = await read(runsQuery());
  const names = runs.map((id) => answer?.runs.find((run) => run.id === id)?.name ?? id);
  return { title: ["Compare", ...names].join(" · ") };
}

export default async function Page({ searchParams }: ComparePageProps) {
  const address = await readCompareAddress(searchParams);
  const [runs, compared] = await Promise.all([read(runsQuery()), address.runs.length < 2 ? [] : readComparison(address)]);
  return (
    <WithData of={[runs, ...compared]}>
      <ComparePage />
    </WithData>
  );
}

/** The numbers of a comparison may take longer than a page should wait: then the browser fetches them. */
async function readComparison(address: CompareAddress): Promise<Reading[]> {
  const comparison = await read(comparisonQuery(address.runs));
  if (comparison.answer === undefined) return [comparison];
  const { sides } = comparison.answer;
  const pair = pairOf(address, sides);
  const { marginPoints, marginNats } = address;
  const numbers = await Promise.all([
    read(scorecardQuery({ ...pair, marginPoints, marginNats })),
    read(budgetsQuery(pair)),
    ...(haveLatents([sides[pair.first], sides[pair.second]]) ? [read(comparedLatentsQuery(pair), shortPatienceMs)] : []),
  ]);
  return [comparison, ...numbers];
}
