import type { ReactNode } from "react";
import { readSubject } from "@/app/prefetch/read";
import { collectionQueryOptions } from "@/lib/client/latents";

type DictionaryLayoutProps = { children: ReactNode; params: Promise<{ collection: string }> };

/** A missing dictionary is noticed above the skeletons, while the status can still be 404. */
export default async function DictionaryLayout({ children, params }: DictionaryLayoutProps) {
  await readSubject(collectionQueryOptions(decodeURIComponent((await params).collection)));
  return children;
}
