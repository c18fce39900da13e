import { LatentsWaiting } from "@/components/latent-table/latents-waiting";

export default function Loading() {
  return <LatentsWaiting />;
}
