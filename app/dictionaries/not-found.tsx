import { NotFoundNote } from "@/components/shell/not-found-note";

export default function DictionaryNotFound() {
  return (
    <NotFoundNote title="Dictionary not found" href="/dictionaries" back="All dictionaries">
      No dictionary has this address. It may have been deleted, or the address may be mistyped.
    </NotFoundNote>
  );
}
