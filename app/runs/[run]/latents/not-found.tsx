import { NotFoundNote } from "@/components/shell/not-found-note";

export default function LatentNotFound() {
  return (
    <NotFoundNote title="Latent not found" href="/" back="All runs">
      This run has no latent at this address: its index is too large, or its module was not adapted.
    </NotFoundNote>
  );
}
