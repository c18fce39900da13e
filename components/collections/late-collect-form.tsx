"use client";
import type { ComponentProps } from "react";
import { Late, latePart } from "@/components/ui/late";
import { Skeleton } from "@/components/ui/skeleton";
import type { CollectForm } from "./collect-form";

const collectForm = latePart(async () => (await import("./collect-form")).CollectForm);

/** `CollectForm` for pages that hardly ever show it. */
export function LateCollectForm(props: ComponentProps<typeof CollectForm>) {
  return <Late part={collectForm} props={props} failure="Could not load the form" waiting={<Skeleton height={260} />} />;
}
