"use client";
import { type UseMutationOptions, useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import type { UploadProgress } from "@/lib/client/upload";
import { DropFile, type Sent } from "./drop-file";

type UploadFileProps<Answer> = {
  readonly hint: string;
  readonly accept: string;
  /** Title of the note if the file is refused. */
  readonly failure: string;
  /** Sends a file and reports how much has gone. */
  readonly mutation: (onProgress: UploadProgress) => UseMutationOptions<Answer, Error, File>;
  readonly onAnswer?: (answer: Answer) => void;
  /** Shown once a file was taken. */
  readonly children?: ReactNode;
};

/** A place to drop or choose a file, which is sent to the server at once. */
export function UploadFile<Answer>({ hint, accept, failure, mutation, onAnswer, children }: UploadFileProps<Answer>) {
  const [sent, setSent] = useState<Sent | null>(null);
  const upload = useMutation(mutation((done, total) => setSent((current) => current && { ...current, done, total })));
  return (
    <>
      <DropFile
        label="Choose a file or drop it here"
        hint={hint}
        accept={accept}
        sent={upload.isPending ? sent : null}
        onFile={(file) => {
          setSent({ name: file.name, done: 0, total: file.size });
          upload.mutate(file, onAnswer === undefined ? {} : { onSuccess: onAnswer });
        }}
      />
      {upload.isSuccess && children}
      {upload.error !== null && <ErrorNote title={failure}>{messageOf(upload.error)}</ErrorNote>}
    </>
  );
}
