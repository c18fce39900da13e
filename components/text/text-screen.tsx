"use client";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { chosenCollection } from "@/components/collections/chosen-collection";
import { ImagesNote } from "@/components/shell/images-note";
import { NoLatentsNote } from "@/components/shell/no-latents-note";
import { FragmentAddress, stateInAddress } from "@/components/ui/address/fragment-address";
import { useIsHydrated } from "@/components/ui/hydrated";
import { inPage, QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { collectionsQuery } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import { isOfImages } from "@/lib/contract/run-config";
import styles from "./text.module.css";
import { textNames, textParameters } from "./text-address";
import { TextWorkbench } from "./text-workbench";

/** What fires on a custom text, over all modules of a run's adapter. */
export function TextScreen({ runId }: { readonly runId: string }) {
  const detail = useQuery(runRecordQuery(runId));
  const collections = useQuery(collectionsQuery(runId));
  const [isFromServer] = useState(!useIsHydrated());
  // A step of the router writes the address as the page is drawn: before, it is that of the page before. The server never sees what is after the #.
  const [arrival, setArrival] = useState<"none" | "plain" | "with state">("none");
  useEffect(() => setArrival(stateInAddress().size === 0 ? "plain" : "with state"), []);
  return (
    <QueryState query={detail} failure="Could not load this run" waiting={<Waiting />} frame={inPage}>
      {(data) => {
        const { method } = data.run;
        if ((arrival === "none" && !isFromServer) || collections.isPending) return <Waiting />;
        if (isOfImages(data.config)) return inPage(<ImagesNote />);
        if (!isLatentMethod(method)) return <NoLatentsNote runId={runId} method={method} />;
        return (
          <FragmentAddress
            key={arrival === "with state" ? "from the address" : "empty"}
            parameters={textParameters}
            urlKeys={textNames}
            isPrivate
          >
            <TextWorkbench runId={runId} detail={data} method={method} collection={chosenCollection(collections.data ?? [], null)} />
          </FragmentAddress>
        );
      }}
    </QueryState>
  );
}

function Waiting() {
  return (
    <main className={`page ${styles["layout"]}`} aria-busy="true">
      <Skeleton height={236} />
      <Skeleton height={420} />
    </main>
  );
}
