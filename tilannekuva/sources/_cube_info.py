"""What stands beside the figures of a cube: titles, labels, units, notes, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tilannekuva.errors import DataError

__all__ = ["CubeInfo", "Note", "Texts"]


@dataclass(frozen=True)
class Note:
    """A footnote and what it is about."""

    text: str
    at: Mapping[str, str] = field(default_factory=dict)
    """Dimension → code, ``*`` for every code; empty for the whole table."""
    mandatory: bool = False
    """True where the publisher wants it shown wherever the figures are."""


@dataclass(frozen=True)
class Texts:
    """The words of a cube in one language."""

    title: str = ""
    source: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """Dimension → its name."""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Dimension → code → text."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Code of the contents → unit; the key ``*`` holds for the whole table."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class CubeInfo:
    """What stands beside the figures of a cube.

    ``title``, ``source``, ``names``, ``labels``, ``units`` and ``notes`` are those of the cube's
    own language, the first of ``languages``; ``info["sv"]`` has them in another.

    >>> words = Texts(labels={"Alue": {"MK18": "Kainuu"}})
    >>> info = CubeInfo("f.px", ("Alue",), ("fi",), {"fi": words})
    >>> info.labels["Alue"]["MK18"], info["fi"].title
    ('Kainuu', '')
    """

    where: str
    """Name of the file, for messages."""
    dimensions: tuple[str, ...]
    """Names of the columns, slowest first."""
    languages: tuple[str, ...]
    """The cube's own language first; ``und`` where the file does not say."""
    texts: Mapping[str, Texts]
    """Language → words."""
    time: str | None = None
    """The dimension of time."""
    periods: Mapping[str, str] = field(default_factory=dict)
    """Code of time → our notation of the period, where the publisher's own says which it is."""
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``time``, ``geo``, ``metric`` → dimensions."""
    decimals: Mapping[str, int] = field(default_factory=dict)
    """Code of the contents → decimals shown; the key ``*`` holds for the whole table."""
    updated: str | None = None
    """The publisher's own time of update as the file prints it; the latest of several."""
    symbols: Mapping[str, str] = field(default_factory=dict)
    """The publisher's mark → what the file itself says that it stands for."""
    marks: Mapping[str, npt.NDArray[np.intp]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """The publisher's own mark → the rows of the frame that have it: breaks, footnotes, all."""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the file says beyond this, by its own keyword."""

    def __getitem__(self, language: str) -> Texts:
        try:
            return self.texts[language]
        except KeyError:
            known = ", ".join(self.texts)
            raise DataError(f"{self.where}: no texts in '{language}'; it has {known}") from None

    @property
    def title(self) -> str:
        """The title in the cube's own language."""
        return self[self.languages[0]].title

    @property
    def source(self) -> str:
        """Who publishes the figures."""
        return self[self.languages[0]].source

    @property
    def names(self) -> Mapping[str, str]:
        """Dimension → its name."""
        return self[self.languages[0]].names

    @property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """Dimension → code → text."""
        return self[self.languages[0]].labels

    @property
    def units(self) -> Mapping[str, str]:
        """Code of the contents → unit; the key ``*`` holds for the whole table."""
        return self[self.languages[0]].units

    @property
    def notes(self) -> tuple[Note, ...]:
        """Footnotes in the order of the file."""
        return self[self.languages[0]].notes
