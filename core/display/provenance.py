"""Where an exported chart, table or sentence comes from: study, version, how it was made, link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION_DIGITS = 12
"""How much of `content_sha256` stands for a version of a study."""


@dataclass(frozen=True)
class Provenance:
    """Where numbers come from.

    Attributes:
        study: title of the study.
        version: the first digits of its `content_sha256`.
        published: when that version was published, in words.
        made_by: the function or query with its values, one a line.
        link: the view of the app that shows the same; None outside the app.
    """

    study: str
    version: str
    published: str
    made_by: tuple[str, ...] = ()
    link: str | None = None

    @property
    def stamp(self) -> str:
        """Study and version in a line."""
        return f"{self.study} · version {self.version} · published {self.published}"

    @property
    def lines(self) -> list[str]:
        """All of it, a line each."""
        link = [f"link: {self.link}"] if self.link else []
        return [self.stamp, *link, *self.made_by]


def study_provenance(
    about: Mapping[str, Any], *, made_by: tuple[str, ...] = (), link: str | None = None
) -> Provenance:
    """The provenance of numbers of a study.

    Args:
        about: the row of the table `study`: title, content_sha256, published_at.
        made_by: as in `Provenance`.
        link: as in `Provenance`.
    """
    return Provenance(
        str(about["title"]),
        str(about["content_sha256"])[:VERSION_DIGITS],
        f"{about['published_at']:%Y-%m-%d %H:%M} UTC",
        made_by,
        link,
    )
