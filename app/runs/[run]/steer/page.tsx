import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { titleInRun } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { chosenCollection } from "@/components/collections/chosen-collection";
import { SteerScreen } from "@/components/steering/steer-screen";
import { collectionsQuery, latentChoicesQuery, latentQueryOptions } from "@/lib/client/latents";
import { modelsQuery } from "@/lib/client/models";
import { runsQuery } from "@/lib/client/runs";
import { studiesQuery } from "@/lib/client/studies";

type SteerPageProps = { params: Promise<{ run: string }> };

export async function generateMetadata({ params }: SteerPageProps): Promise<Metadata> {
  return titleInRun(decodeURIComponent((await params).run), "Steer");
}

export default async function SteerPage({ params }: SteerPageProps) {
  const runId = decodeURIComponent((await params).run);
  const collections = read(collectionsQuery(runId));
  const choices = async () => {
    const collection = chosenCollection((await collections).answer ?? [], null);
    if (collection === null) return [];
    const offered = await read(latentChoicesQuery(collection.id));
    const first = offered.answer?.rows[0];
    return first === undefined ? [offered] : [offered, await read(latentQueryOptions({ collectionId: collection.id }, first))];
  };
  const [more, ...readings] = await Promise.all([choices(), read(modelsQuery()), read(runsQuery()), read(studiesQuery(runId))]);
  return (
    <WithData of={[...readings, ...more]}>
      <SteerScreen runId={runId} />
    </WithData>
  );
}
