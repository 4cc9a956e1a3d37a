"""`python -m pipelines.contact_sheet`."""

import numpy as np
from PIL import Image

from core.corruptions import corrupt
from pipelines.contact_sheet import contact_sheet, main


def test_every_condition_stands_in_its_place():
    clean = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)

    def versions(corruption, severity):
        return [corrupt(clean[None], corruption, severity)[0]]

    sheet = np.asarray(contact_sheet(clean, versions))
    last = corrupt(clean[None], "saturate", 5)[0]
    assert (sheet[-100:-4:3, -104:-8:3] == last).all()  # bottom right, three pixels for one
    first = corrupt(clean[None], "gaussian_noise", 1)[0]
    assert (sheet[18:114:3, 224:320:3] == first).all()


def test_a_picture_of_the_user_is_shrunk_and_drawn(tmp_path):
    Image.new("RGB", (60, 40), (200, 30, 90)).save(tmp_path / "red.png")
    assert main([str(tmp_path / "sheet.png"), "--image", str(tmp_path / "red.png")]) == 0
    assert Image.open(tmp_path / "sheet.png").getpixel((130, 60)) == (200, 30, 90)


def test_mistakes_are_one_sentence(tmp_path, capsys):
    out = str(tmp_path / "sheet.png")
    assert main([out, "--official", str(tmp_path)]) == 2
    assert main([out, "--dataset", "digits", "--row", "5000"]) == 2
    assert main([out, "--dataset", "digits"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "at least 28 pixels a side, found 8" in lines[2]
