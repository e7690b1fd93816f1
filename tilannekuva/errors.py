"""One small tree of errors: what happened, where, and what to do.

Every message is meant for a person. Code that raises says the file, key, table, region or period it
was about, and the next step.
"""

from __future__ import annotations

__all__ = ["CatalogueError", "DataError", "ReportError", "SourceError", "TilannekuvaError"]


class TilannekuvaError(Exception):
    """Anything this package refuses to do. ``exit_code`` is what the command line answers with."""

    exit_code = 2


class CatalogueError(TilannekuvaError):
    """An unknown name, or a description file that cannot be read: wrong use (exit code 1)."""

    exit_code = 1


class SourceError(TilannekuvaError):
    """A publisher's answer or a stored raw file is not what it should be."""


class DataError(TilannekuvaError):
    """Figures that contradict the rules of the one table or of a measure."""


class ReportError(TilannekuvaError):
    """A report could not be made or written; the old one stays whole."""

    exit_code = 3
