"""The corruptions one image at a time, as simply as the authors' script puts them.

What `core.corruptions` must equal, and what its speed is measured against. Nothing here is
taken from it but the random numbers of an image, where a test wants the same ones.
"""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image
from scipy import ndimage, stats

from core.corruptions import CORRUPTIONS, DEFINITIONS
from core.corruptions.draws import Draws
from core.corruptions.frost import generated_textures


class Generated:
    """Random numbers from a NumPy generator."""

    def __init__(self, seed):
        self.generator = np.random.default_rng(seed)

    def normal(self, *shape):
        return self.generator.normal(size=shape)

    def uniform(self, low, high, *shape):
        return self.generator.uniform(low, high, size=shape)

    def poisson(self, mean):
        return self.generator.poisson(mean)

    def share(self, *shape):
        return self.generator.random(shape)

    def steps(self, reach, *shape):
        return self.generator.integers(-reach, reach, shape)


class Replayed:
    """The random numbers that the product draws for one image of a condition."""

    def __init__(self, seed, corruption, severity, index):
        number = DEFINITIONS[corruption].number
        self.draws = Draws((seed, number, severity), np.array([index]))

    def normal(self, *shape):
        return self.draws.normal(*shape)[0].astype(float)

    def uniform(self, low, high, *shape):
        return self.draws.uniform(low, high, *shape)[0].astype(float)

    def poisson(self, mean):
        return stats.poisson.ppf(self.share(*mean.shape) + 0.5 / 65536, mean)

    def share(self, *shape):
        return self.draws.words(*shape)[0] / 65536

    def steps(self, reach, *shape):
        return self.draws.words(*shape)[0].astype(int) % (2 * reach) - reach


def plain(image, corruption, severity, random):
    """Corrupt one uint8 (32, 32, 3) image."""
    x = FUNCTIONS[corruption](image / 255, severity - 1, random)
    if x.dtype == np.uint8:
        return x
    return (np.clip(x, 0, 1) * 255).astype(np.uint8)


def gaussian(x, sigma, mode="nearest", truncate=4.0):
    axes = (sigma, sigma, 0) if x.ndim == 3 else sigma
    return ndimage.gaussian_filter(x, axes, mode=mode, truncate=truncate)


def gaussian_noise(x, level, random):
    return x + random.normal(*x.shape) * (0.04, 0.06, 0.08, 0.09, 0.10)[level]


def shot_noise(x, level, random):
    photons = (500, 250, 100, 75, 50)[level]
    return random.poisson(x * photons) / photons


def impulse_noise(x, level, random):
    amount = (0.01, 0.02, 0.03, 0.05, 0.07)[level]
    share = random.share(*x.shape)
    x = x.copy()
    x[share < amount / 2] = 0
    x[share >= 1 - amount / 2] = 1
    return x


def speckle_noise(x, level, random):
    return x + x * random.normal(*x.shape) * (0.06, 0.1, 0.12, 0.16, 0.2)[level]


def gaussian_blur(x, level, random):
    return gaussian(x, (0.4, 0.6, 0.7, 0.8, 1)[level])


def defocus_blur(x, level, random):
    radius, alias = ((0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1))[level]
    places = np.arange(-8, 9)
    disk = (places**2 + places[:, None] ** 2 <= radius**2).astype(float)
    small = np.exp(-(np.arange(-1, 2) ** 2) / (2 * alias**2))
    disk = ndimage.convolve(disk, np.outer(small, small), mode="constant")
    disk /= disk.sum()
    return np.stack(
        [ndimage.correlate(x[..., channel], disk, mode="mirror") for channel in range(3)], axis=-1
    )


def glass_blur(x, level, random):
    sigma, reach, rounds = ((0.05, 1, 1), (0.25, 1, 1), (0.4, 1, 1), (0.25, 1, 2), (0.4, 1, 2))[
        level
    ]
    x = (gaussian(x, sigma) * 255).astype(np.uint8)
    for _ in range(rounds):
        steps = random.steps(reach, 2, 30, 30)
        for row in range(31, 1, -1):
            for column in range(31, 1, -1):
                down, right = steps[:, row - 2, column - 2]
                x[row, column] = x[row + down, column + right]
    return gaussian(x / 255, sigma)


def line_blur(pixels, radius, sigma, angle):
    steps = np.arange(2 * radius + 1)
    weights = np.exp(-(steps**2) / (2 * sigma**2))
    weights /= weights.sum()
    turn = np.deg2rad(angle)
    size = len(steps)
    padded = np.pad(
        pixels.astype(float), [(size, size)] * 2 + [(0, 0)] * (pixels.ndim - 2), mode="edge"
    )
    total = np.zeros(pixels.shape)
    for step, weight in zip(steps, weights, strict=True):
        right = int(np.ceil(step * np.cos(turn) - 0.5))
        down = int(np.ceil(step * np.sin(turn) - 0.5))
        top, left = size + down, size + right
        total += weight * padded[top : top + len(pixels), left : left + len(pixels)]
    return (total + 1e-3).astype(np.uint8)


def motion_blur(x, level, random):
    radius, sigma = ((6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5))[level]
    return line_blur(np.rint(x * 255).astype(np.uint8), radius, sigma, random.uniform(-45, 45))


def clipped_zoom(x, factor):
    side = len(x)
    kept = int(np.ceil(side / factor))
    top = (side - kept) // 2
    factors = (factor, factor, 1)[: x.ndim]
    zoomed = ndimage.zoom(x[top : top + kept, top : top + kept], factors, order=1)
    excess = (len(zoomed) - side) // 2
    return zoomed[excess : excess + side, excess : excess + side]


def zoom_blur(x, level, random):
    factors = np.arange(1, (1.06, 1.11, 1.16, 1.21, 1.26)[level], 0.01)
    return (x + sum(clipped_zoom(x, factor) for factor in factors)) / (len(factors) + 1)


def snow(x, level, random):
    mean, deviation, zoom, threshold, radius, sigma, kept = (
        (0.1, 0.2, 1, 0.6, 8, 3, 0.95),
        (0.1, 0.2, 1, 0.5, 10, 4, 0.9),
        (0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
        (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
        (0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
    )[level]
    layer = clipped_zoom(random.normal(32, 32) * deviation + mean, zoom)
    layer[layer < threshold] = 0
    layer = (np.clip(layer, 0, 1) * 255).astype(np.uint8)
    layer = line_blur(layer, radius, sigma, random.uniform(-135, -45))[..., None] / 255
    grey = (x @ (0.299, 0.587, 0.114))[..., None]
    x = kept * x + (1 - kept) * np.maximum(x, grey * 1.5 + 0.5)
    return x + layer + np.rot90(layer, k=2)


def frost(x, level, random):
    kept, added = ((1, 0.2), (1, 0.3), (0.9, 0.4), (0.85, 0.4), (0.75, 0.45))[level]
    which, down, right = random.uniform(0, 1, 3)
    textures = generated_textures(32)
    texture = textures[int(which * len(textures))]
    top, left = int(down * (len(texture) - 32)), int(right * (texture.shape[1] - 32))
    return kept * x + added * texture[top : top + 32, left : left + 32] / 255


def fog(x, level, random):
    amount, decay = ((0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75))[level]
    wobbles = random.uniform(-1, 1, 1023)
    cloud = np.zeros((32, 32))
    step, width, used = 32, 100.0, 0
    while step >= 2:
        half = step // 2
        diagonal = [(-half, -half), (-half, half), (half, -half), (half, half)]
        straight = [(-half, 0), (half, 0), (0, -half), (0, half)]
        for down, right, around in (
            (half, half, diagonal),
            (0, half, straight),
            (half, 0, straight),
        ):
            rows, columns = np.arange(down, 32, step)[:, None], np.arange(right, 32, step)
            total = sum(cloud[(rows + dy) % 32, (columns + dx) % 32] for dy, dx in around)
            wobble = wobbles[used : used + total.size].reshape(total.shape)
            cloud[rows, columns] = total / 4 + width * width * wobble
            used += total.size
        step, width = half, width / decay
    cloud -= cloud.min()
    cloud /= cloud.max()
    return (x + amount * cloud[..., None]) * x.max() / (x.max() + amount)


def canny(levels):
    values = levels.astype(float)
    right = ndimage.sobel(values, axis=1, mode="nearest")
    down = ndimage.sobel(values, axis=0, mode="nearest")
    slope = np.abs(right) + np.abs(down)
    is_flat = np.abs(down) < np.abs(right) * np.tan(np.pi / 8)
    is_steep = np.abs(down) > np.abs(right) * np.tan(3 * np.pi / 8)
    falls = right * down < 0

    around = np.pad(slope, 1)

    def neighbour(dy, dx):
        return around[1 + dy : 33 + dy, 1 + dx : 33 + dx]

    ridge = np.select(
        [is_flat, is_steep, falls],
        [
            (slope > neighbour(0, -1)) & (slope >= neighbour(0, 1)),
            (slope > neighbour(-1, 0)) & (slope >= neighbour(1, 0)),
            (slope > neighbour(-1, 1)) & (slope > neighbour(1, -1)),
        ],
        (slope > neighbour(-1, -1)) & (slope > neighbour(1, 1)),
    )
    candidates = ridge & (slope > 50)
    labels, _ = ndimage.label(candidates, np.ones((3, 3)))
    strong = labels[candidates & (slope > 150)]
    return np.isin(labels, strong) & candidates


def chamfer(edges):
    """Distance by chess moves: straight 1, diagonal 1.4, knight's 2.1969; edge by edge."""
    nearest = np.full((32, 32), 1e4)
    for row, column in np.argwhere(edges):
        moves = CHESS_MOVES[31 - row : 63 - row, 31 - column : 63 - column]
        np.minimum(nearest, moves, out=nearest)
    return nearest


def chess_moves():
    """Cost to reach each place of a 63 x 63 board from its middle."""
    away = np.abs(np.arange(-31, 32))
    long, short = np.maximum.outer(away, away), np.minimum.outer(away, away)
    flat = 2.1969 * short + (long - 2 * short)
    steep = 2.1969 * (long - short) + 1.4 * (2 * short - long)
    return np.where(2 * short <= long, flat, steep)


CHESS_MOVES = chess_moves()


def equalise(levels):
    histogram = np.bincount(levels.ravel(), minlength=256)
    lowest = np.flatnonzero(histogram)[0]
    rest = levels.size - histogram[lowest]
    if rest == 0:
        return levels
    table = np.cumsum(histogram) - histogram[lowest]
    return np.rint(np.clip(table * (255 / rest), 0, 255)).astype(np.uint8)[levels]


def spatter(x, level, random):
    mean, deviation, sigma, threshold, strength, mud = (
        (0.62, 0.1, 0.7, 0.7, 0.5, 0),
        (0.65, 0.1, 0.8, 0.7, 0.5, 0),
        (0.65, 0.3, 1, 0.69, 0.5, 0),
        (0.65, 0.1, 0.7, 0.69, 0.6, 1),
        (0.65, 0.1, 0.5, 0.68, 0.6, 1),
    )[level]
    liquid = gaussian(random.normal(32, 32) * deviation + mean, sigma)
    liquid[liquid < threshold] = 0
    if mud:
        cover = gaussian((liquid > threshold).astype(float), strength)
        cover[cover < 0.8] = 0
        return x * (1 - cover[..., None]) + cover[..., None] * np.array((63, 42, 20)) / 255
    drops = (liquid * 255).astype(int).astype(np.uint8)
    distance = np.minimum(chamfer(canny(drops)), 20)
    near = ndimage.uniform_filter(distance, 3, mode="mirror") + 1e-6
    near = equalise(near.astype(np.uint8)).astype(float)
    light = [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]
    lit = np.clip(ndimage.correlate(near, np.array(light, float), mode="mirror"), 0, 255)
    shine = drops * np.rint(ndimage.uniform_filter(lit, 3, mode="mirror"))
    shine = strength * shine / max(shine.max(), 1)
    return x + shine[..., None] * np.array((175, 238, 238)) / 255


def rgb_to_hsv(x):
    value = x.max(-1)
    spread = np.ptp(x, axis=-1)
    safe = np.where(spread == 0, 1, spread)
    red, green, blue = np.moveaxis(x, -1, 0)
    hue = np.select(
        [spread == 0, value == blue, value == green],
        [0, 4 + (red - green) / safe, 2 + (blue - red) / safe],
        (green - blue) / safe,
    )
    return hue / 6 % 1, np.where(value == 0, 0, spread / np.where(value == 0, 1, value)), value


def hsv_to_rgb(hue, saturation, value):
    sector = np.floor(hue * 6)
    rest = hue * 6 - sector
    p = value * (1 - saturation)
    q = value * (1 - rest * saturation)
    t = value * (1 - (1 - rest) * saturation)
    sextants = [(value, t, p), (q, value, p), (p, value, t), (p, q, value), (t, p, value)]
    sextants.append((value, p, q))
    choice = (sector % 6).astype(int)
    return np.stack(
        [np.choose(choice, [colours[channel] for colours in sextants]) for channel in range(3)], -1
    )


def brightness(x, level, random):
    hue, saturation, value = rgb_to_hsv(x)
    value = np.clip(value + (0.05, 0.1, 0.15, 0.2, 0.3)[level], 0, 1)
    return hsv_to_rgb(hue, saturation, value)


def saturate(x, level, random):
    factor, shift = ((0.3, 0), (0.1, 0), (1.5, 0), (2, 0.1), (2.5, 0.2))[level]
    hue, saturation, value = rgb_to_hsv(x)
    return hsv_to_rgb(hue, np.clip(saturation * factor + shift, 0, 1), value)


def contrast(x, level, random):
    means = x.mean((0, 1), keepdims=True)
    return (x - means) * (0.75, 0.5, 0.4, 0.3, 0.15)[level] + means


def jpeg_compression(x, level, random):
    file = BytesIO()
    Image.fromarray(np.rint(x * 255).astype(np.uint8)).save(
        file, "JPEG", quality=(80, 65, 58, 50, 40)[level]
    )
    return np.asarray(Image.open(file))


def pixelate(x, level, random):
    small = int(32 * (0.95, 0.9, 0.85, 0.75, 0.65)[level])
    picture = Image.fromarray(np.rint(x * 255).astype(np.uint8))
    box = Image.Resampling.BOX
    return np.asarray(picture.resize((small, small), box).resize((32, 32), box))


def elastic_transform(x, level, random):
    displacement, smoothness, tilt = (
        (0, 0, 0.08),
        (0.05, 0.2, 0.07),
        (0.08, 0.06, 0.06),
        (0.1, 0.04, 0.05),
        (0.1, 0.03, 0.03),
    )[level]
    corners = np.array([(26, 26), (26, 6), (6, 6)], float)
    moved = corners + random.uniform(-tilt * 32, tilt * 32, 3, 2)
    back = np.linalg.solve(np.column_stack([moved, np.ones(3)]), corners)
    rows, columns = np.indices((32, 32))
    source = np.stack([columns, rows, np.ones((32, 32))], -1) @ back
    x = sample(x, source[..., 1], source[..., 0], "mirror")
    if displacement:
        down, right = (
            gaussian(noise, smoothness * 32, mode="reflect", truncate=3) * displacement * 32
            for noise in random.uniform(-1, 1, 2 * 32 * 32).reshape(2, 32, 32)
        )
        x = sample(x, rows + down, columns + right, "reflect")
    return x


def sample(x, rows, columns, mode):
    return np.stack(
        [
            ndimage.map_coordinates(x[..., channel], (rows, columns), order=1, mode=mode)
            for channel in range(3)
        ],
        axis=-1,
    )


FUNCTIONS: dict[str, Callable] = {name: globals()[name] for name in CORRUPTIONS}
