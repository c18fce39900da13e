"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { LabelLine } from "@/components/labels/label-line";
import { latentName } from "@/components/latents/edit-words";
import { type LatentHome, latentHrefIn, steeredRun, tableHref, textRun } from "@/components/latents/latent-home";
import { firstOperationOf } from "@/components/latents/steer-href";
import { useAddToEdits } from "@/components/latents/use-add-to-edits";
import { latentKeys, sheetHint } from "@/components/shell/page-keys";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { type KeyHint, KeyStrip } from "@/components/ui/key-strip";
import { Link } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import { latentQueryOptions } from "@/lib/client/latents";
import { automaticLabel } from "@/lib/contract/automatic-label";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatInteger } from "@/lib/numbers/format";
import { ActivationPanel } from "./activation-panel";
import { effectiveRankOf } from "./effective-rank";
import { ExamplePanel } from "./example-panel";
import { useKeptScroll } from "./kept-scroll";
import styles from "./latent.module.css";
import { LatentEffects } from "./latent-effects";
import { LatentNumbers } from "./latent-numbers";
import { LatentRail } from "./latent-rail";
import { LatentSide, type ShownLatent } from "./latent-side";
import { LatentTitle } from "./latent-title";
import { OwnTextPanel } from "./own-text-panel";
import { SpectrumPanel } from "./spectrum-panel";
import { useLatentAddress } from "./use-latent-address";
import { useLatentHome } from "./use-latent-home";
import { goBeside, useNeighbourKeys } from "./use-neighbour-keys";
import { useTablePlace } from "./use-table-place";

type LatentScreenProps = { readonly home: LatentHome; readonly module: string; readonly index: number };

/** One latent of a run or a dictionary: how often, how strongly and on what it fires, what it does, and its neighbours in the table. */
export function LatentScreen({ home, module, index }: LatentScreenProps) {
  const address = useLatentAddress(home);
  const { collection, isRead, error, noun, isDense, loss, again } = useLatentHome(home, address.params.collectionId);
  const current = { module, index };
  const detail = useQuery({
    ...latentQueryOptions({ ...address.params, collectionId: collection?.id ?? "" }, current),
    enabled: collection !== null,
  });
  const place = useTablePlace(home, collection, address.params, address.at, current, detail.data);
  const steer = useAddToEdits(steeredRun(home), collection?.id ?? null, [current], firstOperationOf(detail.data));
  const table = tableHref(home, address.params);
  useNeighbourKeys({ place, collection, at: address.at, table, steer: steer?.href ?? null });
  useKeptScroll(detail.data !== undefined && collection !== null);

  const failed = error ?? (detail.data === undefined ? detail.error : null);
  if (failed !== null) {
    return (
      <main className="page">
        <ErrorNote
          title={`${latentName(current, collection?.modules ?? [])} could not be loaded`}
          actions={
            <>
              <Button onClick={() => void Promise.all([again(), detail.refetch()])}>Try again</Button>
              <ButtonLink look="quiet" href={table}>
                All {noun}s
              </ButtonLink>
            </>
          }
        >
          {failed.message}
        </ErrorNote>
      </main>
    );
  }
  if (isRead && collection === null) {
    return (
      <main className="page">
        <EmptyState title="No statistics yet" action={<ButtonLink href={table}>Go to the table</ButtonLink>}>
          Collect statistics to see this {noun}.
        </EmptyState>
      </main>
    );
  }
  const shown: ShownLatent | null =
    detail.data === undefined || collection === null ? null : { home, detail: detail.data, collection, noun, isDense, address, loss };
  return (
    <>
      {home.kind === "dictionary" && <DictionaryHead name={collection?.name ?? ""} table={table} />}
      <div className={`columns even gap-0 stacks-720 ${styles["three"]}`}>
        <main className={`stack wide ${styles["middle"]}`}>
          <LatentTitle module={module} index={index} collection={collection} detail={detail.data} place={place} noun={noun} steer={steer}>
            {shown === null ? <Skeleton height={28} /> : <Label {...shown} nextHref={place.nextHref} />}
          </LatentTitle>
          {shown === null ? <Waiting /> : <Middle {...shown} />}
        </main>
        <aside className={`stack wide ${styles["side"]}`}>{shown !== null && <LatentSide {...shown} />}</aside>
        {/* Shown before them, reached after them. */}
        <LatentRail home={home} collection={collection} params={address.params} current={current} place={place} noun={noun} />
      </div>
      <KeyStrip hints={hintsOf(steer !== null)} />
    </>
  );
}

function Label({ home, detail, collection, address, nextHref }: ShownLatent & { readonly nextHref: string | null }) {
  const router = useRouter();
  const { row } = detail;
  return (
    <LabelLine
      key={`${row.module} ${row.index}`}
      collectionId={collection.id}
      latent={{ module: row.module, index: row.index }}
      label={detail.label}
      automatic={automaticLabel(row, positionKindOf(detail.positionKind))}
      nameOf={(other) => latentName(other, collection.modules)}
      hrefOf={(other) => latentHrefIn(home, other, address.params)}
      onNext={nextHref === null ? null : () => goBeside(router, nextHref)}
    />
  );
}

function Middle({ home, detail, collection, noun, isDense, address, loss }: ShownLatent) {
  const runId = textRun(home, collection);
  const own = runId === null ? null : <OwnTextPanel {...{ runId, detail, noun, isDense }} />;
  return (
    <>
      <LatentNumbers detail={detail} collection={collection} noun={noun} isDense={isDense} mayMeasure={home.kind === "run"} loss={loss} />
      {detail.row.fireCount === 0 ? (
        <>
          <section className="panel">
            <EmptyState title={`This ${noun} is dead`}>
              It never fired on the {formatInteger(detail.tokens)} counted {positionKindOf(detail.positionKind).plural}, so there are no
              plots or examples.
            </EmptyState>
          </section>
          {own}
        </>
      ) : (
        <>
          <div className={styles["histogram"]}>
            <ActivationPanel detail={detail} isDense={isDense} choice={address.choice} onChoice={address.setChoice} />
          </div>
          <ExamplePanel
            key={`${detail.row.module} ${detail.row.index}`}
            detail={detail}
            collectionId={collection.id}
            domains={collection.domains}
            isDense={isDense}
            choice={address.choice}
            onChoice={address.setChoice}
          />
          <LatentEffects home={home} detail={detail} isDense={isDense} loss={loss} />
          {isDense && <SpectrumPanel detail={detail} effectiveRank={effectiveRankOf(collection, detail.row.module)} />}
          {own}
        </>
      )}
    </>
  );
}

/** Where a dictionary's latent stands: it has no run whose header could say it. */
function DictionaryHead({ name, table }: { readonly name: string; readonly table: string }) {
  return (
    <nav className={`runhead ${styles["head"]}`} aria-label="Dictionary">
      <span className="crumb">
        <Link href="/dictionaries">Dictionaries</Link>
        <i>/</i>
        <Link href={table}>{name}</Link>
      </span>
    </nav>
  );
}

function Waiting() {
  return (
    <div className="stack" aria-busy="true" style={{ gap: 16 }}>
      <Skeleton height={88} />
      <Skeleton height={270} />
      <Skeleton height={520} />
    </div>
  );
}

/** Of a dictionary, or of images, nothing is steered. */
function hintsOf(mayEdit: boolean): readonly KeyHint[] {
  const own = mayEdit ? latentKeys.hints : latentKeys.hints.filter(({ does }) => does !== "steer");
  return [...own, sheetHint];
}
