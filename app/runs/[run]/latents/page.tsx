import type { Metadata } from "next";
import { LatentsScreen } from "@/components/latent-table/latents-screen";

export const metadata: Metadata = { title: "Latents" };

export default async function LatentsPage({ params }: { params: Promise<{ run: string }> }) {
  const { run } = await params;
  return <LatentsScreen runId={decodeURIComponent(run)} />;
}
