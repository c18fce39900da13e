import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { isEmbedded } from "@/app/prefetch/embedded";
import { read, readSubject } from "@/app/prefetch/read";
import { latentIn, nameIn, readLatent } from "@/app/prefetch/read-latent";
import { titleInDictionary } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { EmbeddedLatent } from "@/components/latent/embedded-latent";
import { LatentScreen } from "@/components/latent/latent-screen";
import { collectionQueryOptions } from "@/lib/client/latents";

type LatentPageProps = { params: Promise<{ collection: string; module: string; index: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: LatentPageProps): Promise<Metadata> {
  const { collection, module, index } = await params;
  const id = decodeURIComponent(collection);
  const { answer } = await read(collectionQueryOptions(id));
  return titleInDictionary(id, nameIn(answer === undefined ? [] : [answer], decodeURIComponent(module), index));
}

export default async function DictionaryLatentPage({ params, searchParams }: LatentPageProps) {
  const { collection, module, index } = await params;
  const home = { kind: "dictionary", collectionId: decodeURIComponent(collection) } as const;
  const dictionary = await readSubject(collectionQueryOptions(home.collectionId));
  const collections = dictionary.answer === undefined ? [] : [dictionary.answer];
  const latent = latentIn(collections, decodeURIComponent(module), index);
  const readings = await readLatent(home, latent, collections, await searchParams);
  const Latent = (await isEmbedded()) ? EmbeddedLatent : LatentScreen;
  return (
    <WithData of={[dictionary, ...readings]}>
      <Latent home={home} module={latent.module} index={latent.index} />
    </WithData>
  );
}
