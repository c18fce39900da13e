"use client";
import { Square } from "lucide-react";
import type { ReactNode } from "react";
import type { PartProps } from "@/components/steering/steer-task";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { TextField } from "@/components/ui/text-field";
import { formatInteger } from "@/lib/numbers/format";
import { PictureSuggestions } from "./picture-suggestions";
import { PictureUpload, usePictureUpload } from "./picture-upload";
import styles from "./pictures.module.css";
import type { PictureSteering } from "./use-picture-steering";

type PicturePanelProps = PartProps<PictureSteering> & { readonly copies: ReactNode };

/** The picture that the head predicts from: a row of the dataset, or one that is uploaded or dropped here. */
export function PicturePanel({ detail: { run }, steering, copies }: PicturePanelProps) {
  const { params, setParams, collection, picture, reading, upload, isRunning, stop } = steering;
  const { problem, take, area } = usePictureUpload(upload);
  const shown = picture === null ? null : reading.picture;
  return (
    <Panel title="Picture">
      <div {...area} className={classNames("stack", area.className)}>
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
            <PictureUpload label="Picture file" take={take}>
              Upload a picture
            </PictureUpload>
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
