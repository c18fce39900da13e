"use client";
import { Upload } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { useFileDrop } from "@/components/ui/use-file-drop";
import type { PictureSource } from "@/lib/contract/read-picture";
import { pictureFile } from "./picture-file";
import styles from "./picture-upload.module.css";

type UploadedPicture = Extract<PictureSource, { kind: "file" }>;

/**
 * Takes pictures that are uploaded or dropped: `area` is laid on what they may be dropped on.
 *
 * @param onPicture may refuse a picture by throwing an Error that says why
 */
export function usePictureUpload(onPicture: (picture: UploadedPicture) => void, isFull = false) {
  const [problem, setProblem] = useState<string | null>(null);
  const take = async (file: File) => {
    try {
      onPicture(await pictureFile(file));
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const { isOver, handlers } = useFileDrop((file) => {
    if (!isFull) void take(file);
  });
  return { problem, take, area: { className: isOver ? styles["over"] : undefined, ...handlers } };
}

type PictureUploadProps = {
  /** Names the field of the file. */
  readonly label: string;
  readonly size?: "dense";
  readonly isFull?: boolean;
  readonly take: (file: File) => Promise<void>;
  readonly children: ReactNode;
};

/** A button that chooses a picture from the person's files. */
export function PictureUpload({ label, size, isFull = false, take, children }: PictureUploadProps) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...(size === undefined ? {} : { size })} disabled={isFull} onClick={() => chooser.current?.click()}>
        <Upload size={size === "dense" ? 12 : 13} aria-hidden="true" />
        {children}
      </Button>
      <input
        ref={chooser}
        type="file"
        hidden
        aria-label={label}
        accept="image/png,image/jpeg,image/webp"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file) void take(file);
        }}
      />
    </>
  );
}
