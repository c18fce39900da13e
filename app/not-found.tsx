import { NotFoundNote } from "@/components/shell/not-found-note";

export default function NotFound() {
  return (
    <NotFoundNote title="Page not found" href="/" back="All runs">
      Check the address. The item may have been deleted.
    </NotFoundNote>
  );
}
