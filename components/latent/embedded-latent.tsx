"use client";
import { useQuery } from "@tanstack/react-query";
import { latentName } from "@/components/latents/edit-words";
import { type LatentHome, latentHrefIn } from "@/components/latents/latent-home";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { latentQueryOptions } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";
import { labelOrAutomatic } from "@/lib/contract/automatic-label";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { ActivationPanel } from "./activation-panel";
import { ExamplePanel } from "./example-panel";
import styles from "./latent.module.css";
import { LatentNumbers } from "./latent-numbers";
import { TokenPanels } from "./token-panels";
import { useLatentAddress } from "./use-latent-address";
import { useLatentHome } from "./use-latent-home";

type EmbeddedLatentProps = { readonly home: LatentHome; readonly module: string; readonly index: number };

/** A latent for a frame of another page: its name, label, numbers, activations, tokens and examples, to read and not to change. */
export function EmbeddedLatent({ home, module, index }: EmbeddedLatentProps) {
  const { params, choice, setChoice } = useLatentAddress(home);
  const { collection, isRead, error, noun, isDense, loss, again } = useLatentHome(home, params.collectionId);
  const run = useQuery({ ...runRecordQuery(home.kind === "run" ? home.runId : ""), enabled: home.kind === "run" });
  const query = useQuery({
    ...latentQueryOptions({ ...params, collectionId: collection?.id ?? "" }, { module, index }),
    enabled: collection !== null,
  });
  const detail = query.data;
  const name = latentName({ module, index }, collection?.modules ?? []);
  const failed = error ?? (detail === undefined ? query.error : null);
  const retry = () => void Promise.all([again(), query.refetch()]);
  if (failed !== null) {
    return (
      <main className={styles["embed"]}>
        <ErrorNote title={`${name} could not be loaded`} actions={<Button onClick={retry}>Try again</Button>}>
          {failed.message}
        </ErrorNote>
      </main>
    );
  }
  if (isRead && collection === null) {
    return (
      <main className={styles["embed"]}>
        <EmptyState title="No statistics yet">Collect statistics in Stanscope to see this {noun}.</EmptyState>
      </main>
    );
  }
  if (detail === undefined || collection === null) {
    return (
      <main className={styles["embed"]} aria-busy="true">
        <h1>{name}</h1>
        <Skeleton height={420} />
      </main>
    );
  }
  const { row } = detail;
  const positions = positionKindOf(detail.positionKind);
  const where = home.kind === "run" ? run.data?.run.name : collection.name;
  return (
    <main className={`stack wide ${styles["embed"]}`}>
      <header className="row wrap">
        <h1>{name}</h1>
        <span className="mid">{labelOrAutomatic(row, positions)}</span>
        <span className="grow" />
        <a className="link small" href={latentHrefIn(home, { module, index }, params)} target="_blank" rel="noopener">
          {where === undefined ? "Open in Stanscope" : `${where} in Stanscope`}
        </a>
      </header>
      <LatentNumbers
        detail={detail}
        collection={collection}
        noun={noun}
        isDense={isDense}
        mayMeasure={home.kind === "run"}
        isReadOnly
        loss={loss}
      />
      {row.fireCount === 0 ? (
        <section className="panel">
          <EmptyState title={`This ${noun} is dead`}>It never fired on the counted {positions.plural}.</EmptyState>
        </section>
      ) : (
        <>
          <ActivationPanel detail={detail} isDense={isDense} choice={choice} onChoice={setChoice} />
          <TokenPanels detail={detail} isDense={isDense} />
          <ExamplePanel
            detail={detail}
            collectionId={collection.id}
            domains={collection.domains}
            isDense={isDense}
            choice={choice}
            onChoice={setChoice}
          />
        </>
      )}
    </main>
  );
}
