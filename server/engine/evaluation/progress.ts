/** What long work tells after every piece: units done of all, and what is there of its result. */
export type Progress<Result> = { readonly done: number; readonly total: number; readonly result: Result };
