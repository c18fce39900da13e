import type { Metadata } from "next";
import { ComparePage } from "@/components/compare/compare-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "Compare" };

export default function Page() {
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <ComparePage />
    </Hydrated>
  );
}
