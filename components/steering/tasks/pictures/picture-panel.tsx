"use client";
import { Square, Upload } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import type { PartProps } from "@/components/steering/steer-task";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { TextField } from "@/components/ui/text-field";
import { formatInteger } from "@/lib/numbers/format";
import { pictureFile } from "./picture-file";
import { PictureSuggestions } from "./picture-suggestions";
import styles from "./pictures.module.css";
import type { PictureSteering } from "./use-picture-steering";

type PicturePanelProps = PartProps<PictureSteering> & { readonly copies: ReactNode };

/** The picture that the head predicts from: a row of the dataset, or one that is uploaded or dropped here. */
export function PicturePanel({ detail: { run }, steering, copies }: PicturePanelProps) {
  const { params, setParams, collection, picture, reading, upload, isRunning, stop } = steering;
  const [problem, setProblem] = useState<string | null>(null);
  const [isOver, setIsOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    pictureFile(file).then(
      (read) => {
        setProblem(null);
        upload(read);
      },
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  const drag = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      setIsOver(true);
    },
    onDragLeave: () => setIsOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setIsOver(false);
      take(event.dataTransfer.files[0]);
    },
  };
  const shown = picture === null ? null : reading.picture;
  return (
    <Panel title="Picture">
      <div className={`stack ${isOver ? styles["over"] : ""}`} {...drag}>
        <div className={styles["chosen"]}>
          {shown === null ? (
            <span className={styles["none"]}>{picture === null ? "No picture yet" : "Loading"}</span>
          ) : (
            // biome-ignore lint/performance/noImgElement: it comes with the answer, in the size that the model reads
            <img className={styles["picture"]} src={`data:image/webp;base64,${shown.image}`} alt={altOf(steering)} />
          )}
          <div className="stack fit">
            <TextField
              label="Row"
              value={params.row === null ? "" : String(params.row)}
              hint={`From 0, in the dataset ${collection === null ? run.dataName : "that the statistics were collected on"}`}
              onValueChange={(text) => {
                if (/^\d{0,9}$/.test(text)) setParams({ row: text === "" ? null : Number(text) });
              }}
            />
            <Button onClick={() => chooser.current?.click()}>
              <Upload size={13} aria-hidden="true" />
              Upload a picture
            </Button>
            <input
              ref={chooser}
              type="file"
              hidden
              aria-label="Picture file"
              accept="image/png,image/jpeg,image/webp"
              onChange={(event) => {
                take(event.target.files?.[0]);
                event.target.value = "";
              }}
            />
            <span className="small dim">
              {picture?.kind === "file"
                ? `${picture.name}; a link to this page does not contain it`
                : shown?.label != null
                  ? `Label: ${shown.label}`
                  : "PNG, JPEG or WebP; or drop one here"}
            </span>
          </div>
        </div>
        {problem !== null && <ErrorNote title="Could not load the picture">{problem}</ErrorNote>}
        {collection !== null && (
          <PictureSuggestions collection={collection} edits={params.edits} row={params.row} onRow={(row) => setParams({ row })} />
        )}
        <div className="row wrap">
          {copies}
          <span className="grow" />
          {isRunning && (
            <Button size="dense" onClick={stop}>
              <Square size={10} fill="currentColor" aria-hidden="true" />
              Stop
            </Button>
          )}
        </div>
      </div>
    </Panel>
  );
}

function altOf({ picture, reading }: PictureSteering): string {
  const label = reading.picture?.label;
  const name = picture?.kind === "file" ? picture.name : `Image of row ${formatInteger(picture?.row ?? 0)}`;
  return label == null ? name : `${name}, ${label}`;
}
