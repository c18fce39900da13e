import type { Metadata } from "next";
import { TextScreen } from "@/components/text/text-screen";

export const metadata: Metadata = { title: "Your text" };

export default async function TextPage({ params }: { params: Promise<{ run: string }> }) {
  const { run } = await params;
  return <TextScreen runId={decodeURIComponent(run)} />;
}
