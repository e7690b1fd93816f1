"""The experts' half on its way into a picture: their files, their forms, their claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tilannekuva import assessments, indicators, raw, regions, settings
from tilannekuva.errors import ReportError
from tilannekuva.formats import check_languages
from tilannekuva.model import Picture, Region
from tilannekuva.publishing import Built, unwritable

__all__ = ["added", "check_claims", "folder", "form_to", "later", "read_forms"]


def folder(configured: settings.Settings) -> Path:
    """Where the experts' files are; it need not exist."""
    return configured.path("assessments") or configured.folder / "assessments"


def later(built: Built) -> tuple[str, ...]:
    """Editions after a built one that the group has judged or written for: they are not in it."""
    place = built.folder
    return assessments.later(folder(settings.read()), place.name, place.parent.name)


def added(picture: Picture, configured: settings.Settings) -> Picture:
    """The picture with what the group has written about its region."""
    sections = [s.id for c in picture.cuts for s in c.sections]
    found = assessments.read(
        folder(configured),
        regions.slug(picture.region.code),
        picture.edition,
        sections,
        picture.indicators,
    )
    return picture.model_copy(
        update={
            "assessments": found.assessments,
            "past_assessments": found.past,
            "commentary": found.commentary,
        }
    )


def check_claims(picture: Picture, earlier: Callable[[str, Region], Picture]) -> None:
    """A sentence of the group's that the figures contradict stops the report.

    Raises:
        ReportError: The sentence, the figure now and what it was when the text was written.
    """
    from tilannekuva.narrate import bound

    said: list[str] = []
    for text in picture.commentary:
        bound.fill(text, picture)  # a mark that cannot be read is found before anything is drawn
        if refuted := bound.refuted(text, picture):
            old = None
            if text.edition < picture.edition:
                old = earlier(text.edition, picture.region)
            said += bound.messages(refuted, old)
    if said:
        raise ReportError(f"{'; '.join(said)}. Nothing was published")


def form_to(
    file: Path,
    region: str = "kainuu",
    *,
    lang: str = "fi",
    as_of: str | None = None,
    data: Path | str | None = None,
) -> None:
    """Write the Excel form for the experts' judgements of one region.

    Raises:
        ReportError: The file is there already (it may be filled in), or cannot be written.
    """
    from tilannekuva import pictures
    from tilannekuva.reports import form

    (language,) = check_languages([lang])
    if file.exists():
        raise ReportError(f"{file}: is there already and may be filled in; name another with --out")
    content = form.render(pictures.compose(region, as_of=as_of, data=data), language)
    try:
        raw.write_atomically(file, content)
    except OSError as error:
        raise unwritable(file, error) from error


def read_forms(files: Sequence[Path]) -> Path:
    """Keep what filled forms of one region and edition say as the edition's judgements.

    Returns:
        The file that they were written to, in the folder of the experts' files.

    Raises:
        CatalogueError: What a form says does not hold, or the file has other judgements already.
        SourceError: A form cannot be read.
    """
    from tilannekuva import forms

    configured = settings.read()
    known = indicators.load(configured.path("catalogue"))
    return forms.save(forms.read(files, known), folder(configured), known)
