"""STAN beside frozen linear layers in PyTorch, for the peers of the bench: dense (mask and product), or with gathers."""
import math

import torch


def keep_top_k(z, k):
    """The k largest signed entries of each token; gradients reach the kept ones alone."""
    values, index = torch.topk(z, k, dim=-1)
    return torch.zeros_like(z).scatter(-1, index, values)


class GatherUpdate(torch.autograd.Function):
    """TopK(E x) D with gathers: the encode is the one dense product, all else touches the k kept rows."""

    @staticmethod
    def forward(ctx, x, encoder, decoder_rows, k):
        values, index = (x @ encoder.T).topk(k, dim=-1)
        ctx.save_for_backward(x, encoder, decoder_rows, values, index)
        return torch.nn.functional.embedding_bag(index, decoder_rows, per_sample_weights=values, mode="sum")

    @staticmethod
    def backward(ctx, grad):
        x, encoder, decoder_rows, values, index = ctx.saved_tensors
        flat = index.reshape(-1)
        d_values = (decoder_rows[index] @ grad[..., None])[..., 0]
        d_encoder = torch.zeros_like(encoder).index_add_(0, flat, (d_values[..., None] * x[:, None]).reshape(-1, x.shape[1]))
        d_decoder = torch.zeros_like(decoder_rows).index_add_(0, flat, (values[..., None] * grad[:, None]).reshape(-1, grad.shape[1]))
        d_x = torch.nn.functional.embedding_bag(index, encoder, per_sample_weights=d_values, mode="sum")
        return d_x, d_encoder, d_decoder, None


class StanLinear(torch.nn.Module):
    def __init__(self, base, use_gather, num_latents, k):
        super().__init__()
        d_out, d_in = base.weight.shape
        self.base, self.use_gather, self.k, self.probe = base, use_gather, k, None
        self.encoder = torch.nn.Parameter(torch.empty(num_latents, d_in))
        torch.nn.init.kaiming_uniform_(self.encoder, a=math.sqrt(5))
        self.decoder = torch.nn.Parameter(torch.zeros((num_latents, d_out) if use_gather else (d_out, num_latents)))

    def forward(self, x):
        if self.use_gather:
            update = GatherUpdate.apply(x.reshape(-1, x.shape[-1]), self.encoder, self.decoder, self.k)
            return self.base(x) + update.reshape(*x.shape[:-1], -1) / self.k
        z = x @ self.encoder.T
        if self.probe is not None:
            self.probe(z.detach())
        return self.base(x) + (keep_top_k(z, self.k) @ self.decoder.T) / self.k


def add_stan(model, targets, use_gather, num_latents, k):
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    wrapped = {}
    for name, module in list(model.named_modules()):
        if name.rsplit(".", 1)[-1] in targets:
            parent, leaf = name.rsplit(".", 1)
            wrapped[name] = StanLinear(module, use_gather, num_latents, k)
            setattr(model.get_submodule(parent), leaf, wrapped[name])
    if not wrapped:
        raise ValueError(f"the model has no module named {' or '.join(targets)}")
    return wrapped
