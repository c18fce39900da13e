import type { Metadata } from "next";
import { SteerScreen } from "@/components/steering/steer-screen";

export const metadata: Metadata = { title: "Steer" };

export default async function SteerPage({ params }: { params: Promise<{ run: string }> }) {
  const { run } = await params;
  return <SteerScreen runId={decodeURIComponent(run)} />;
}
