import { NotFoundNote } from "@/components/shell/not-found-note";

export default function NotFound() {
  return (
    <NotFoundNote title="Page not found" href="/" back="All runs">
      The address may be mistyped, or what it named was deleted.
    </NotFoundNote>
  );
}
