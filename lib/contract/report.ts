import { z } from "zod";
import { pairQuery } from "@/lib/contract/comparison";

export const reportFormat = z.enum(["html", "markdown"]);
export type ReportFormat = z.infer<typeof reportFormat>;

/** `GET /api/compare/report`: the two sides that it is read by stand first; with few sides the other pairs follow. */
export const comparisonReportQuery = pairQuery.extend({ format: reportFormat.default("html") });
export type ComparisonReportQuery = z.output<typeof comparisonReportQuery>;

/** `GET /api/experiments/{experiment}/report` */
export const experimentReportQuery = z.object({ format: reportFormat.default("html") });
export type ExperimentReportQuery = z.output<typeof experimentReportQuery>;
