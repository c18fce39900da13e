import { z } from "zod";
import { scorecardQuery } from "@/lib/contract/comparison";

export const reportFormat = z.enum(["html", "markdown"]);
export type ReportFormat = z.infer<typeof reportFormat>;

/** `GET /api/compare/report`: it is read by the two sides that are asked for; with few sides the other pairs follow. */
export const comparisonReportQuery = scorecardQuery.extend({ format: reportFormat.default("html") });
export type ComparisonReportQuery = z.output<typeof comparisonReportQuery>;

/** `GET /api/experiments/{experiment}/report` */
export const experimentReportQuery = comparisonReportQuery.pick({ format: true, marginPoints: true, marginNats: true });
export type ExperimentReportQuery = z.output<typeof experimentReportQuery>;
