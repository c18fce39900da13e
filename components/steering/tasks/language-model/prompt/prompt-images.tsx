"use client";
import { X } from "lucide-react";
import { PictureUpload, usePictureUpload } from "@/components/steering/tasks/pictures/picture-upload";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
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
  const isFull = images.length >= mostImages;
  const { problem, take, area } = usePictureUpload(({ name, data }) => {
    const next = [...images, { name, data }];
    const bytes = next.reduce((sum, one) => sum + (one.data.length * 3) / 4, 0);
    if (bytes > mostPictureBytes)
      throw new Error(`All images together are larger than ${mostPictureBytes / 1e6} MB (our limit): make them smaller.`);
    onImages(next);
  }, isFull);
  return (
    <div {...area} className={classNames("stack gap-6", area.className)}>
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
        <PictureUpload label="Image file" size="dense" isFull={isFull} take={take}>
          Add an image
        </PictureUpload>
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
