import pytest
import torch

from core.errors import InputError
from core.vision.augmentation import AUGMENTATIONS, Augmentation, augment, augmentation_named


def images(count: int = 40, size: int = 7) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    shape = (count, size, size, 3)
    return torch.randint(1, 256, shape, generator=generator, dtype=torch.uint8)


def candidates(image: torch.Tensor, augmentation: Augmentation) -> list[tuple[bool, int, int]]:
    """All shifts and flips of one image, by loops."""
    shift, size = augmentation.shift_pixels, len(image)
    found = []
    for flipped in (False, True) if augmentation.flip else (False,):
        for down in range(-shift, shift + 1):
            for right in range(-shift, shift + 1):
                result = torch.zeros_like(image)
                for row in range(size):
                    for column in range(size):
                        source_row = row + down
                        source_column = (size - 1 - column if flipped else column) + right
                        if 0 <= source_row < size and 0 <= source_column < size:
                            result[row, column] = image[source_row, source_column]
                found.append(((flipped, down, right), result))
    return found


@pytest.mark.parametrize("name", ["shift", "crop_flip"])
def test_every_image_is_a_shift_and_flip_of_itself_with_black_coming_in(name):
    source, augmentation = images(), Augmentation(shift_pixels=1, flip=name == "crop_flip")
    result = augment(source, augmentation, torch.Generator().manual_seed(2))
    assert result.shape == source.shape and result.dtype == torch.uint8
    drawn = set()
    for before, after in zip(source, result, strict=True):
        matching = [
            move for move, made in candidates(before, augmentation) if (made == after).all()
        ]
        assert len(matching) == 1
        drawn.add(matching[0])
    assert len(drawn) > 6


def test_the_generator_decides_and_nothing_is_drawn_for_none():
    source, augmentation = images(), AUGMENTATIONS["crop_flip"]
    first = augment(source, augmentation, torch.Generator().manual_seed(1))
    assert torch.equal(first, augment(source, augmentation, torch.Generator().manual_seed(1)))
    assert not torch.equal(first, augment(source, augmentation, torch.Generator().manual_seed(2)))
    assert augment(source, AUGMENTATIONS["none"], torch.Generator()) is source


def test_an_unknown_augmentation_is_refused():
    with pytest.raises(InputError, match=r"among none, shift, crop_flip, found 'cutout'"):
        augmentation_named("cutout")
