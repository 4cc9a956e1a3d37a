"""Which images break, which ones hold, and where does it come from?"""

from core.display.components.class_strip import class_strip
from core.display.components.part import part
from core.display.samples.view import samples
from core.display.shell.navigation import SAMPLES
from core.display.shell.page import open_page, stop_without_samples

context = open_page(SAMPLES, beside=class_strip)
stop_without_samples(context)
with part():
    samples(context)
