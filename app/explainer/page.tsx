import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { ExplainerPage } from "@/components/labels/explainer-page";
import { explainerQueryOptions } from "@/lib/client/labels";

export const metadata: Metadata = { title: "Explainer" };

export default async function Page() {
  return (
    <WithData of={[await read(explainerQueryOptions())]}>
      <ExplainerPage />
    </WithData>
  );
}
