import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { isEmbedded } from "@/app/prefetch/embedded";
import { read } from "@/app/prefetch/read";
import { latentIn, nameIn, readLatent } from "@/app/prefetch/read-latent";
import { titleInRun } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { EmbeddedLatent } from "@/components/latent/embedded-latent";
import { LatentScreen } from "@/components/latent/latent-screen";
import { collectionsQuery } from "@/lib/client/latents";

type LatentPageProps = { params: Promise<{ run: string; module: string; index: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: LatentPageProps): Promise<Metadata> {
  const { run, module, index } = await params;
  const runId = decodeURIComponent(run);
  const { answer = [] } = await read(collectionsQuery(runId));
  return titleInRun(runId, nameIn(answer, decodeURIComponent(module), index));
}

export default async function LatentPage({ params, searchParams }: LatentPageProps) {
  const { run, module, index } = await params;
  const home = { kind: "run", runId: decodeURIComponent(run) } as const;
  const { answer = [] } = await read(collectionsQuery(home.runId));
  const latent = latentIn(answer, decodeURIComponent(module), index);
  const readings = await readLatent(home, latent, answer, await searchParams);
  const Latent = (await isEmbedded()) ? EmbeddedLatent : LatentScreen;
  return (
    <WithData of={readings}>
      <Latent home={home} module={latent.module} index={latent.index} />
    </WithData>
  );
}
