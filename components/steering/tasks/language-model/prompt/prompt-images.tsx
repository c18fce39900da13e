"use client";
import { Upload, X } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { pictureFile } from "@/components/steering/tasks/pictures/picture-file";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import type { PromptImage } from "@/lib/contract/generate";
import { mostPictureBytes } from "@/lib/contract/read-picture";
import styles from "./prompt-images.module.css";

type PromptImagesProps = {
  readonly images: readonly PromptImage[];
  readonly onImages: (images: readonly PromptImage[]) => void;
};

/** More would seldom fit a model's context; ours. */
const mostImages = 4;

/** The images of a prompt, in their order, uploaded or dropped here. */
export function PromptImages({ images, onImages }: PromptImagesProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isOver, setIsOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    pictureFile(file).then(
      ({ name, data }) => {
        const next = [...images, { name, data }];
        const bytes = next.reduce((sum, one) => sum + (one.data.length * 3) / 4, 0);
        const isTooMuch = bytes > mostPictureBytes;
        setProblem(isTooMuch ? `All images together are larger than ${mostPictureBytes / 1e6} MB (our limit): make them smaller.` : null);
        if (!isTooMuch) onImages(next);
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
      if (images.length < mostImages) take(event.dataTransfer.files[0]);
    },
  };
  return (
    <div className={`stack gap-6 ${isOver ? styles["over"] : ""}`} {...drag}>
      <div className="row wrap">
        {images.map((image, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same file may be there twice
          <span key={at} className={styles["image"]}>
            {/* biome-ignore lint/performance/noImgElement: it is in the page already; browsers tell its format by its bytes */}
            <img src={`data:image/png;base64,${image.data}`} alt={image.name} />
            <Button
              look="quiet"
              size="dense"
              aria-label={`Remove ${image.name}`}
              onClick={() => onImages(images.filter((_, other) => other !== at))}
            >
              <X size={12} aria-hidden="true" />
            </Button>
          </span>
        ))}
        <Button size="dense" disabled={images.length >= mostImages} onClick={() => chooser.current?.click()}>
          <Upload size={12} aria-hidden="true" />
          Add an image
        </Button>
        <input
          ref={chooser}
          type="file"
          hidden
          aria-label="Image file"
          accept="image/png,image/jpeg,image/webp"
          onChange={(event) => {
            take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
        <span className="small dim">
          {images.length === 0
            ? "PNG, JPEG or WebP; or drop one here"
            : "It comes before the prompt, or where that has an image token. Links and the history do not contain it."}
        </span>
      </div>
      {problem !== null && <ErrorNote title="Could not load the image">{problem}</ErrorNote>}
    </div>
  );
}
