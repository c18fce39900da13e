"""Statistics of latents in PyTorch, for the peers of the bench."""
import torch

from peer_stan import keep_top_k


class LatentStatistics:
    """Firings, largest activation and the 20 strongest tokens of each latent."""

    def __init__(self, num_latents, k, keep=20):
        self.k = k
        self.count = torch.zeros(num_latents, dtype=torch.long)
        self.max = torch.full((num_latents,), -1e30)
        self.best = torch.full((num_latents, keep), -1e30)
        self.where = torch.zeros(num_latents, keep, dtype=torch.long)

    def add(self, z):
        kept = keep_top_k(z.reshape(-1, len(self.count)), self.k)
        self.count += (kept != 0).sum(0)
        kept = kept.masked_fill(kept == 0, -1e30)
        self.max = torch.maximum(self.max, kept.amax(0))
        positions = torch.arange(len(kept))[None].expand(len(self.count), -1)
        values = torch.cat([self.best, kept.T], 1)
        self.best, index = values.topk(self.best.shape[1], dim=1)
        self.where = torch.cat([self.where, positions], 1).gather(1, index)


def keep_statistics(wrapped, num_latents, k):
    """Each wrapped module's activations go into statistics of its own from now on."""
    for module in wrapped.values():
        module.probe = LatentStatistics(num_latents, k).add
