import torch
from torch import nn

from core.vision.batches import choose_batch_size, is_out_of_memory

torch.set_num_threads(1)


def test_wider_maps_get_smaller_batches_within_the_bounds():
    images = torch.zeros(2, 3, 32, 32)
    # the largest map of one image: 4 bytes x width x 32 x 32; 32 MiB hold four of a batch's
    sizes = {
        width: choose_batch_size(nn.Conv2d(3, width, 1).eval(), images)
        for width in (3, 32, 48, 64, 4096)
    }
    assert sizes == {3: 128, 32: 64, 48: 32, 64: 32, 4096: 32}


def test_only_want_of_memory_counts_as_such():
    assert is_out_of_memory(torch.OutOfMemoryError())
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"))
    assert not is_out_of_memory(RuntimeError("shapes do not match"))
    assert not is_out_of_memory(ValueError("can't allocate memory"))
