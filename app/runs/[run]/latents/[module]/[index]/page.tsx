import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { LatentScreen } from "@/components/latent/latent-screen";

type LatentPageProps = { params: Promise<{ run: string; module: string; index: string }> };

export async function generateMetadata({ params }: LatentPageProps): Promise<Metadata> {
  const { module, index } = await params;
  return { title: `${decodeURIComponent(module)} ${index}` };
}

export default async function LatentPage({ params }: LatentPageProps) {
  const { run, module, index } = await params;
  if (!/^\d+$/.test(index)) notFound();
  return <LatentScreen home={{ kind: "run", runId: decodeURIComponent(run) }} module={decodeURIComponent(module)} index={Number(index)} />;
}
