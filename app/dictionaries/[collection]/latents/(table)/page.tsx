import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { readSubject } from "@/app/prefetch/read";
import { readTable } from "@/app/prefetch/read-table";
import { titleInDictionary } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { DictionaryLatentsScreen } from "@/components/latent-table/dictionary-latents-screen";
import { collectionQueryOptions } from "@/lib/client/latents";

type DictionaryLatentsPageProps = { params: Promise<{ collection: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: DictionaryLatentsPageProps): Promise<Metadata> {
  return titleInDictionary(decodeURIComponent((await params).collection), "Latents");
}

export default async function DictionaryLatentsPage({ params, searchParams }: DictionaryLatentsPageProps) {
  const collectionId = decodeURIComponent((await params).collection);
  const dictionary = await readSubject(collectionQueryOptions(collectionId));
  const collections = dictionary.answer === undefined ? [] : [dictionary.answer];
  const table = await readTable({ kind: "dictionary", collectionId }, collections, await searchParams);
  return (
    <WithData of={[dictionary, ...table]}>
      <DictionaryLatentsScreen collectionId={collectionId} />
    </WithData>
  );
}
