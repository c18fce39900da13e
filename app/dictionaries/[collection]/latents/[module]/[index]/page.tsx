import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { LatentScreen } from "@/components/latent/latent-screen";
import { Hydrated } from "@/components/ui/hydrated";

type LatentPageProps = { params: Promise<{ collection: string; module: string; index: string }> };

export async function generateMetadata({ params }: LatentPageProps): Promise<Metadata> {
  const { module, index } = await params;
  return { title: `${decodeURIComponent(module)} ${index}` };
}

export default async function DictionaryLatentPage({ params }: LatentPageProps) {
  const { collection, module, index } = await params;
  if (!/^\d+$/.test(index)) notFound();
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <LatentScreen
        home={{ kind: "dictionary", collectionId: decodeURIComponent(collection) }}
        module={decodeURIComponent(module)}
        index={Number(index)}
      />
    </Hydrated>
  );
}
