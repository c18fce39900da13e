import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { ExperimentsPage } from "@/components/experiments/experiments-page";
import { experimentsQuery } from "@/lib/client/experiments";

export const metadata: Metadata = { title: "Experiments" };

export default async function Page() {
  return (
    <WithData of={[await read(experimentsQuery())]}>
      <ExperimentsPage />
    </WithData>
  );
}
