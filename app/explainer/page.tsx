import type { Metadata } from "next";
import { ExplainerPage } from "@/components/labels/explainer-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "Explainer" };

export default function Page() {
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <ExplainerPage />
    </Hydrated>
  );
}
