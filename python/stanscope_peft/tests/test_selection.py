import unittest

import support  # noqa: F401 (puts the package on the path)
import torch
from stanscope_peft import keep_above, keep_top_k


def keep(row, k, selection="signed"):
    return keep_top_k(torch.tensor([row]), k, selection)[0].tolist()


class Selection(unittest.TestCase):
    def test_the_largest_signed_values_are_kept_also_negative_ones(self):
        self.assertEqual(keep([-3.0, -1.0, -2.0, -4.0], 2), [0.0, -1.0, -2.0, 0.0])

    def test_of_equal_values_the_lower_index_is_kept(self):
        self.assertEqual(keep([1.0, 2.0, 1.0, 1.0, 2.0], 3), [1.0, 2.0, 0.0, 0.0, 2.0])
        # Wide enough that torch.topk takes its other algorithm, which keeps any of the equals.
        self.assertEqual(keep([1.0] * 5000, 3), [1.0] * 3 + [0.0] * 4997)

    def test_relu_keeps_the_same_and_sets_negative_ones_to_zero(self):
        self.assertEqual(keep([-3.0, 5.0, -2.0, -4.0], 2, "relu"), [0.0, 5.0, 0.0, 0.0])

    def test_abs_keeps_the_largest_by_magnitude_with_their_sign(self):
        self.assertEqual(keep([-3.0, 1.0, 2.0, 3.0, -2.0], 3, "abs"), [-3.0, 0.0, 2.0, 3.0, 0.0])

    def test_fewer_latents_than_k_are_all_kept(self):
        self.assertEqual(keep([-3.0, 1.0], 5), [-3.0, 1.0])

    def test_gradients_reach_the_kept_entries_alone(self):
        z = torch.tensor([[4.0, 1.0, -2.0, 3.0]], requires_grad=True)
        (keep_top_k(z, 2, "signed") * torch.tensor([2.0, 3.0, 5.0, 7.0])).sum().backward()
        self.assertEqual(z.grad[0].tolist(), [2.0, 0.0, 0.0, 7.0])


class Threshold(unittest.TestCase):
    def kept(self, selection, threshold):
        return keep_above(torch.tensor([[-3.0, 1.0, 2.0, 0.5]]), torch.tensor([threshold]), selection)[0].tolist()

    def test_what_is_above_it_is_kept_whatever_their_number(self):
        self.assertEqual(self.kept("signed", 0.5), [0.0, 1.0, 2.0, 0.0])
        self.assertEqual(self.kept("signed", -4.0), [-3.0, 1.0, 2.0, 0.5])
        self.assertEqual(self.kept("relu", -4.0), [0.0, 1.0, 2.0, 0.5])
        self.assertEqual(self.kept("abs", 1.5), [-3.0, 0.0, 2.0, 0.0])
        self.assertEqual(self.kept("abs", torch.finfo(torch.float32).max), [0.0] * 4)


if __name__ == "__main__":
    unittest.main()
