import type { Metadata } from "next";
import { DictionaryLatentsScreen } from "@/components/latent-table/dictionary-latents-screen";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "Latents of a dictionary" };

export default async function DictionaryLatentsPage({ params }: { params: Promise<{ collection: string }> }) {
  const { collection } = await params;
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <DictionaryLatentsScreen collectionId={decodeURIComponent(collection)} />
    </Hydrated>
  );
}
