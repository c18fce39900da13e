"use client";
import { useQuery } from "@tanstack/react-query";
import { Download, Plus } from "lucide-react";
import { memo, type ReactNode, useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Panel } from "@/components/ui/panel";
import { saveFile } from "@/components/ui/save-file";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { runRecordQuery } from "@/lib/client/runs";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import { hasLatents, type LatentMethod } from "@/lib/contract/run-config";
import { AddEdit } from "./add-edit";
import { modulesOf } from "./edit-card/edit-context";
import type { CardActions } from "./edit-card/edit-item";
import { EditCards } from "./edit-cards";
import { BakeLine } from "./edit-files/bake-line";
import { writeEditFile } from "./edit-files/edit-file";
import type { EditHome } from "./edit-files/placed-edits";
import { SavedEdits } from "./edit-files/saved-edits";
import { useEditKeys } from "./edit-keys";
import { EditUndo } from "./edit-undo";
import styles from "./edits.module.css";
import type { ReadsInput } from "./steer-task";
import { type ChangedEdits, useChangedEdits } from "./use-changed-edits";
import { useEditDrag } from "./use-edit-drag";
import { type OpenCards, useOpenCards } from "./use-open-cards";

type EditListProps = {
  readonly runId: string;
  readonly collection: CollectionSummary | null;
  readonly method: LatentMethod;
  readonly modules: readonly string[];
  readonly edits: readonly Edit[];
  readonly onEdits: (edits: readonly Edit[]) => void;
  readonly onWatch: (latent: LatentRef) => void;
  /** Of what an encoder reads no position was generated, and there is no way to bake. */
  readonly reads?: ReadsInput;
  readonly children?: ReactNode;
};

/** The edits in the order in which they apply. */
export function EditList({ runId, collection, method, modules, edits, onEdits, onWatch, reads = "tokens", children }: EditListProps) {
  const [isAddingChosen, setIsAdding] = useState<boolean | null>(null);
  const isAdding = isAddingChosen ?? edits.length === 0;
  const [isSavedShown, setIsSavedShown] = useState(false);
  const [timesAsked, setTimesAsked] = useState(0);
  const run = useQuery(runRecordQuery(runId));
  const keys = useEditKeys(edits);
  const changed = useChangedEdits(edits, onEdits, modulesOf({ collection }));
  const { drag, dropSideOf } = useEditDrag(changed.move);
  const open = useOpenCards(keys);
  const act = useStableActions(changed, open);
  const ask = () => {
    setIsAdding(true);
    setTimesAsked((times) => times + 1);
  };
  useShortcuts({ "/": ask });
  const trained = run.data?.config.adapter;
  const adapter = trained !== undefined && hasLatents(trained) ? trained : null;
  const home = useMemo(
    () => ({
      modules: modulesOf({ collection }),
      method,
      form: adapter === null ? undefined : latentMethodOf(adapter).bakedForm(adapter),
    }),
    [collection, method, adapter],
  );
  const settledEdits = useDeferredValue(edits);
  const context = useMemo(() => ({ runId, collection, method, adapter, reads }), [runId, collection, method, adapter, reads]);
  const undo = changed.undo !== null && <EditUndo words={changed.undo.words} onUndo={changed.undo.take} onClose={changed.undo.close} />;
  return (
    <Panel
      title={
        <>
          Edits <span className="dim regular">{countWords(edits)}</span>
        </>
      }
      isPadded={false}
      aside={
        <>
          <Button look="quiet" aria-expanded={isSavedShown} onClick={() => setIsSavedShown(!isSavedShown)}>
            Saved
          </Button>
          <Button aria-expanded={isAdding} onClick={isAdding ? () => setIsAdding(false) : ask}>
            <Plus size={12} aria-hidden="true" />
            Add
          </Button>
        </>
      }
      foot={edits.length > 0 && <Foot runId={runId} home={home} edits={settledEdits} reads={reads} />}
    >
      {isSavedShown && (
        <SavedEdits runId={runId} home={home} edits={edits} onOpen={(opened, how, name) => changed.open(opened, how, name)} />
      )}
      {isAdding && (
        <AddEdit
          collection={collection}
          modules={modules}
          edits={edits}
          onAdd={(edit) => {
            setIsAdding(true);
            open.openNext();
            changed.add(edit);
          }}
          onWatch={onWatch}
          onClose={() => setIsAdding(false)}
          timesAsked={timesAsked}
        />
      )}
      {changed.error !== null && (
        <p className={`note ${styles["notice"]} ${styles["bad"]}`} role="alert">
          {changed.error}
        </p>
      )}
      <EditCards
        edits={edits}
        keys={keys}
        open={open}
        context={context}
        act={act}
        drag={drag}
        dropSideOf={dropSideOf}
        undo={changed.undo === null ? null : { at: changed.undo.at, line: undo }}
      />
      <p className="vh" role="status">
        {changed.spoken}
      </p>
      {children}
    </Panel>
  );
}

/** The same functions from one render to the next; each acts on the list as it is when called. */
function useStableActions(changed: ChangedEdits, open: OpenCards): CardActions {
  const latest = useRef(changed);
  useLayoutEffect(() => {
    latest.current = changed;
  });
  const { toggle } = open;
  return useMemo(
    () => ({
      replace: (place, next) => latest.current.replace(place, next),
      remove: (place) => latest.current.remove(place),
      duplicate: (place) => latest.current.duplicate(place),
      move: (from, to) => latest.current.move(from, to),
      toggle,
    }),
    [toggle],
  );
}

type FootProps = Pick<EditListProps, "runId" | "edits" | "reads"> & { readonly home: EditHome };

/** What the whole list amounts to, after a key rather than before it is shown. */
const Foot = memo(function Foot({ runId, home, edits, reads }: FootProps) {
  const text = () => writeEditFile({ run: runId, edits });
  return (
    <div className="stack gap-6">
      {reads === "tokens" && <BakeLine runId={runId} home={home} edits={edits} />}
      <div className="row between wrap">
        <span>{edits.length > 1 ? "Several edits of one latent apply in this order." : ""}</span>
        <span className="row">
          <CopyButton text={text}>Copy</CopyButton>
          <Button
            look="quiet"
            title="The list as a file that opens here and on the command line"
            onClick={() => saveFile("edits.json", text(), "application/json")}
          >
            <Download size={13} aria-hidden="true" />
            JSON
          </Button>
        </span>
      </div>
    </div>
  );
});

function countWords(edits: readonly Edit[]): string {
  if (edits.length === 0) return "none";
  const isOn = edits.filter((edit) => edit.isOn).length;
  return edits.length === 1 ? (isOn === 1 ? "1 on" : "1 off") : `${isOn} of ${edits.length} on`;
}
