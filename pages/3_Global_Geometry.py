"""Which classes are the samples confused with, and how does that change?"""

from core.display.components.class_strip import class_strip
from core.display.global_geometry.confusion.view import confusion
from core.display.global_geometry.parallel.view import parallel_axes
from core.display.shell.navigation import GLOBAL
from core.display.shell.page import open_page, stop_without_samples

context = open_page(GLOBAL, beside=class_strip)
stop_without_samples(context)
parallel_axes(context)
confusion(context)
