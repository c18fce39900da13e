import { NotFoundNote } from "@/components/shell/not-found-note";

export default function LatentNotFound() {
  return (
    <NotFoundNote title="Latent not found" href="/dictionaries" back="All dictionaries">
      This dictionary has no latent at this address: its index is too large, or its module is not in the dictionary.
    </NotFoundNote>
  );
}
