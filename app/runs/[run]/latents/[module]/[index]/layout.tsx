import type { ReactNode } from "react";
import { read } from "@/app/prefetch/read";
import { latentIn } from "@/app/prefetch/read-latent";
import { collectionsQuery } from "@/lib/client/latents";

type LatentLayoutProps = { children: ReactNode; params: Promise<{ run: string; module: string; index: string }> };

/** A missing latent is noticed above the skeleton, while the status can still be 404. */
export default async function LatentLayout({ children, params }: LatentLayoutProps) {
  const { run, module, index } = await params;
  const { answer = [] } = await read(collectionsQuery(decodeURIComponent(run)));
  latentIn(answer, decodeURIComponent(module), index);
  return children;
}
