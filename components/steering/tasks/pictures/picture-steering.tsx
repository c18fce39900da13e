"use client";
import { pictureSteerKeys } from "@/components/shell/page-keys";
import type { SteerTask } from "@/components/steering/steer-task";
import type { AnsweredInput, AnswerRequest } from "@/components/steering/tasks/answers/answering";
import { AnswersPanel } from "@/components/steering/tasks/answers/answers-panel";
import { AnswerDosePanel } from "@/components/steering/tasks/answers/dose/answer-dose-panel";
import { usePictureReading } from "@/components/text/use-reading";
import { PatchesPanel } from "./patches-panel";
import { PicturePanel } from "./picture-panel";
import { pictureParameters } from "./picture-params";
import { type PictureSteering, usePictureSteering } from "./use-picture-steering";

const words: AnsweredInput = { noun: "picture", position: "patch", positions: "patches", ask: "Choose a picture" };

/** Steering of predictions for pictures: the head predicts again after every change. */
export const pictureSteering: SteerTask<PictureSteering> = {
  parameters: pictureParameters,
  useSteering: usePictureSteering,
  reads: "patches",
  withoutAdapter: "It has no adapter yet.",
  hints: pictureSteerKeys.hints,
  Input: PicturePanel,
  Output: (props) => <AnswersPanel {...props} input={words} />,
  Tokens: PatchesPanel,
  Studies: function PictureDose(props) {
    const { picture } = props.steering;
    const reader = usePictureReading(props.detail.run.id);
    const requestOf = picture === null ? null : (asked: AnswerRequest) => ({ picture, ...asked });
    return <AnswerDosePanel {...props} input={words} reader={reader} requestOf={requestOf} />;
  },
};
