"use client";
import { useCallback, useMemo, useState } from "react";
import { chosenCollection } from "@/components/collections/chosen-collection";
import type { Steered } from "@/components/steering/steer-task";
import type { Answering } from "@/components/steering/tasks/answers/answering";
import { useAnswers } from "@/components/steering/tasks/answers/use-answers";
import { useLimitedEdits } from "@/components/steering/use-limited-edits";
import { usePictureReading } from "@/components/text/use-reading";
import { useAddressState } from "@/components/ui/address/use-address-state";
import type { PictureSource, ReadPictureInput } from "@/lib/contract/read-picture";
import { hasAdapter } from "@/lib/contract/run";
import {
  type PictureParams,
  pictureParameters,
  pictureParamsOf,
  pictureValuesOf,
  readPictureParams,
  writePictureParams,
} from "./picture-params";

type UploadedPicture = Extract<PictureSource, { kind: "file" }>;

export type PictureSteering = Answering<ReadPictureInput> & {
  readonly params: PictureParams;
  readonly setParams: (change: Partial<PictureParams>) => void;
  /** What is read; null where nothing is chosen. */
  readonly picture: PictureSource | null;
  /** An uploaded picture stands in the place of a row until one is chosen. */
  readonly upload: (picture: UploadedPicture) => void;
};

/** All that the parts of the page share. */
export function usePictureSteering({ detail: { run }, collections }: Steered): PictureSteering {
  const [params, setState] = useAddressState(pictureParameters, pictureParamsOf, pictureValuesOf);
  const [setLimited, leftOut] = useLimitedEdits(setState);
  const [uploaded, setUploaded] = useState<UploadedPicture | null>(null);
  const setParams = useCallback(
    (change: Partial<PictureParams>) => {
      if (change.row !== undefined && change.row !== null) setUploaded(null);
      setLimited(change);
    },
    [setLimited],
  );
  const { edits, row, collectionId } = params;
  const collection = chosenCollection(collections, collectionId);
  const readId = collection?.id;
  const picture = useMemo<PictureSource | null>(() => {
    if (uploaded !== null) return uploaded;
    return row === null ? null : { kind: "row", row, ...(readId === undefined ? {} : { collectionId: readId }) };
  }, [uploaded, row, readId]);
  const isOn = hasAdapter(run);
  const request = useMemo<ReadPictureInput | null>(
    () => (picture === null || !isOn ? null : { picture, attribution: false, edits: [...edits] }),
    [picture, edits, isOn],
  );
  const answers = useAnswers(request, usePictureReading(run.id));
  const addressEnd = useCallback(() => writePictureParams(params), [params]);
  const takeState = useCallback(
    (state: URLSearchParams) => {
      const taken = readPictureParams(state);
      setParams(taken);
      return writePictureParams(taken);
    },
    [setParams],
  );
  return {
    ...answers,
    params,
    setParams,
    picture,
    upload: (next) => {
      setUploaded(next);
      setLimited({ row: null });
    },
    leftOut,
    collection,
    shortcuts: {},
    watch: (shaded) => setParams({ shaded }),
    addressEnd,
    takeState,
    sent: { request: request ?? { edits }, shell: { endpoint: "picture", body: inShell(request) ?? { edits } } },
  };
}

/** A shell takes no argument of megabytes: the bytes of an upload are named, not written out. */
function inShell(request: ReadPictureInput | null): object | null {
  if (request?.picture.kind !== "file") return request;
  return { ...request, picture: { ...request.picture, data: `BASE64 OF ${request.picture.name}` } };
}
