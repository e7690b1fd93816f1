"""The one configuration file, ``tilannekuva.toml``, and where things are when there is none."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path

from pydantic import Field, ValidationError

from tilannekuva.errors import CatalogueError
from tilannekuva.model import Frozen

__all__ = ["FILE", "Settings", "read"]

FILE = "tilannekuva.toml"


class Settings(Frozen):
    """What a user may set. Paths are relative to the file's folder."""

    data: str | None = None
    """Folder of the snapshot store."""
    catalogue: str | None = None
    """Folder of the user's own indicators, merged over the packaged ones."""
    assessments: str | None = None
    """Folder of the experts' judgements and texts; ``assessments`` by default."""
    out: str | None = None
    """Folder of the reports; ``reports`` by default."""
    since: str | None = None
    """Edition of the last talks (ISO date): what has changed is told from it."""
    languages: tuple[str, ...] | None = None
    formats: tuple[str, ...] | None = None
    contact: str | None = None
    """Named to the publishers' services, so that they can reach whoever asks."""
    offline: bool = False
    """Never open a connection."""
    addresses: dict[str, str] = Field(default_factory=dict)
    """Source id → base address to ask instead of the publisher's own: a mirror, a test service."""
    folder: Path = Path()
    """Where the file was found."""

    def path(self, name: str) -> Path | None:
        """A setting as a path, or None."""
        value = getattr(self, name)
        return self.folder / value if value else None


def read(start: Path | None = None) -> Settings:
    """The settings of the nearest ``tilannekuva.toml`` upwards, or the defaults.

    Raises:
        CatalogueError: The file is not valid: file, key and a hint.
    """
    place = (start or Path.cwd()).resolve()
    for folder in (place, *place.parents):
        file = folder / FILE
        if file.is_file():
            return _parse(file)
    return Settings()


def _parse(file: Path) -> Settings:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{file}: not valid TOML ({error}); mend the line it names") from error
    try:
        return Settings.model_validate({**values, "folder": file.parent})
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(p) for p in problem["loc"])
        known = sorted(set(Settings.model_fields) - {"folder"})
        near = difflib.get_close_matches(key, known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
        what = hint if problem["type"] == "extra_forbidden" else problem["msg"]
        raise CatalogueError(f"{file}: {key}: {what}") from error
