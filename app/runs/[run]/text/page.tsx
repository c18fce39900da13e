import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { titleInRun } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { TextScreen } from "@/components/text/text-screen";
import { modelsQuery } from "@/lib/client/models";

type TextPageProps = { params: Promise<{ run: string }> };

export async function generateMetadata({ params }: TextPageProps): Promise<Metadata> {
  return titleInRun(decodeURIComponent((await params).run), "Your text");
}

export default async function TextPage({ params }: TextPageProps) {
  const runId = decodeURIComponent((await params).run);
  return (
    <WithData of={[await read(modelsQuery())]}>
      <TextScreen runId={runId} />
    </WithData>
  );
}
