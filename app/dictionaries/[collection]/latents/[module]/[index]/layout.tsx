import type { ReactNode } from "react";
import { readSubject } from "@/app/prefetch/read";
import { latentIn } from "@/app/prefetch/read-latent";
import { collectionQueryOptions } from "@/lib/client/latents";

type LatentLayoutProps = { children: ReactNode; params: Promise<{ collection: string; module: string; index: string }> };

/** A missing latent is noticed above the skeleton, while the status can still be 404. */
export default async function DictionaryLatentLayout({ children, params }: LatentLayoutProps) {
  const { collection, module, index } = await params;
  const { answer } = await readSubject(collectionQueryOptions(decodeURIComponent(collection)));
  latentIn(answer === undefined ? [] : [answer], decodeURIComponent(module), index);
  return children;
}
