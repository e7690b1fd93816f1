"""The command line: arguments in, exit code out. Everything else is done elsewhere.

Exit codes: 0 done, 1 wrong use, 2 data problem, 3 report problem.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from tilannekuva.errors import CatalogueError, DataError, SourceError, TilannekuvaError

__all__ = ["app", "main"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    help="The situation picture of a Finnish region, from figures whose origin is always known.",
)

Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the figures (with lock.json).")
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder of the reports; default: reports.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Leave out what was published after this date (YYYY-MM-DD)."),
]
Since = Annotated[
    str | None,
    typer.Option("--since", help="Edition that changes are told from (YYYY-MM-DD)."),
]
Lang = Annotated[str | None, typer.Option("--lang", help="Languages, for example fi,sv,en.")]
Formats = Annotated[
    str | None,
    typer.Option(
        "--formats",
        help="html, xlsx, pdf, docx, pptx, brief, data, png, json, or all; default: html,xlsx.",
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="REGION…", help="Name or code of a region, or all; default: Kainuu."),
]


@app.callback()
def _without_command(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Say the version and end.")] = False,
    debug: Annotated[  # noqa: ARG001  # read from the arguments by main(), which catches the error
        bool, typer.Option("--debug", help="Show where in the code an unexpected error arose.")
    ] = False,
) -> None:
    if version:
        from tilannekuva import __version__

        typer.echo(f"tilannekuva {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def build(
    names: Names = None,
    lang: Lang = None,
    formats: Formats = None,
    out: Out = None,
    as_of: AsOf = None,
    since: Since = None,
    data: Data = None,
) -> None:
    """Make the pictures of regions from the figures in the store."""
    from tilannekuva import experts, pipeline, publishing, settings
    from tilannekuva.console import log, progress

    configured = settings.read()
    languages = _list(lang) or configured.languages or ("fi",)
    wanted = _list(formats) or configured.formats or pipeline.DEFAULT_FORMATS
    with progress() as tick:
        made = pipeline.build(
            names or ["kainuu"],
            lang=languages,
            formats=wanted,
            out=out,
            as_of=as_of,
            since=since,
            data=data,
            tick=tick,
        )
    if "html" in pipeline.check_formats(wanted):
        for page in pipeline.index_pages(made, languages):
            typer.echo(str(page))
    for one in made:
        if not one.fresh:
            typer.echo(f"{one.folder}: nothing new since the last run")
        for file in publishing.reports(one.files) or (one.folder,):
            typer.echo(str(file))
        if later := experts.later(one):
            log(
                f"{one.folder}: not in this edition is what experts have judged or written for "
                f"{', '.join(later)}; `tilannekuva build --as-of {later[-1]}` has it"
            )


@app.command()
def catalogue(
    words: Annotated[list[str] | None, typer.Argument(help="Words to search for.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="Language of the names.")] = "fi",
    data: Data = None,
) -> None:
    """List the indicators, or search them by id and by name in any language."""
    from tilannekuva import indicators, pipeline, raw, settings

    (language,) = pipeline.check_languages([lang])
    found = indicators.load(settings.read().path("catalogue"))
    tables = {(s.source, s.table) for s in raw.read_lock(raw.store_path(data))}
    shown = indicators.search(found, " ".join(words or []))
    if not shown:
        indicators.find(found, " ".join(words or []))  # says what is near
    width = max(len(i.id) for i in shown)
    for i in shown:
        known = i.rule is not None or any((q.source, q.table) in tables for q in i.query)
        unit = found.units[i.unit].label[language]
        typer.echo(
            f"{i.id:<{width}}  {'' if known else '(no figures) '}{i.names[language]} ({unit})"
        )


Only = Annotated[
    str | None, typer.Option("--only", help="Ids of indicators or sources, for example sotkanet.")
]


@app.command()
def fetch(
    file: Annotated[
        Path | None, typer.Argument(help="A CSV or Excel file of your own; without it, services.")
    ] = None,
    declaration: Annotated[
        Path | None, typer.Argument(help="TOML that says what it is; default: same name.")
    ] = None,
    only: Only = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is newer at the publishers.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Open no connection.")] = False,
    data: Data = None,
) -> None:
    """Bring the newest figures from the publishers' services, or a file of your own."""
    from tilannekuva import pipeline, raw

    if file is None:
        if problem := _fetch_live(only, check, offline, data):
            raise problem
        return
    try:
        before = {s.id for s in raw.read_lock(raw.store_path(data))}
    except CatalogueError:  # a folder that was named and holds no store yet: it becomes one
        before = set()
    snapshot = pipeline.fetch(file, declaration, data=data, tick=typer.echo)
    if snapshot.id in before:
        typer.echo(f"{snapshot.source} {snapshot.table}: nothing changed, the same bytes are there")
    else:
        typer.echo(f"{snapshot.source} {snapshot.table}: {snapshot.file}")


def _fetch_live(
    only: str | None, check: bool, offline: bool, data: Path | None
) -> SourceError | None:
    """Ask the services and say what came of it; an error when a table is not as it should be."""
    from tilannekuva import pipeline
    from tilannekuva.console import FetchProgress, summary

    said: list[str] = []
    try:
        with FetchProgress() as shown:
            made = pipeline.fetch(
                data=data,
                only=_list(only) or None,
                check=check,
                offline=offline,
                watcher=shown,
                planned=shown.planned,
                done=shown.done,
                tick=said.append,
            )
    finally:  # a store that was made is there, whatever became of the asking
        for line in said:
            typer.echo(line)
    for ask in made.not_asked:
        typer.echo(f"{ask.where}: not asked (offline); in the store: {ask.known or 'nothing live'}")
    for result in made.results:
        if result.outcome in ("new", "revised", "newer"):
            typer.echo(f"{result.source} {result.table}: {result.outcome} ({result.updated_at})")
        if result.message:
            print(f"{result.source} {result.table}: {result.message}", file=sys.stderr)
        if result.bad and result.indicators:
            print(f"  depend on it: {', '.join(result.indicators)}", file=sys.stderr)
    if not made.not_asked:
        typer.echo(f"{summary(made.results)}; {shown.counts}")
        typer.echo(str(made.store))
    if not made.failed:
        return None
    return SourceError(
        f"{len(made.failed)} of {len(made.results)} tables are not as they should be (named "
        "above); the others are as new as their publishers have them"
    )


@app.command()
def run(
    names: Names = None,
    lang: Lang = None,
    formats: Formats = None,
    out: Out = None,
    only: Only = None,
    offline: Annotated[bool, typer.Option("--offline", help="Open no connection.")] = False,
    data: Data = None,
) -> None:
    """Fetch and build in one go; a service that fails does not keep the picture from being made."""
    problem = _fetch_live(only, False, offline, data)
    build(names, lang, formats, out, None, None, data)
    if problem:
        raise problem


@app.command()
def tidy(
    out: Annotated[Path, typer.Option("--out", help="Parquet file.")] = Path(
        "data/processed/store.parquet"
    ),
    data: Data = None,
) -> None:
    """Turn the raw files into the one table, every vintage of it."""
    from tilannekuva import pipeline

    typer.echo(f"{len(pipeline.tidy(data, out=out))} rows in {out}")


@app.command()
def measure(
    out: Annotated[Path, typer.Option("--out", help="Parquet or CSV file.")] = Path(
        "data/processed/metrics.parquet"
    ),
    level: Annotated[str, typer.Option("--level", help="Level of regions.")] = "maakunta",
    as_of: AsOf = None,
    data: Data = None,
) -> None:
    """Measure every indicator in every region of a level."""
    from tilannekuva import pipeline

    typer.echo(f"{pipeline.measure_to(out, level=level, as_of=as_of, data=data)} rows in {out}")


@app.command()
def compose(
    region: Annotated[str, typer.Argument(help="Name or code of a region.")] = "kainuu",
    out: Annotated[Path, typer.Option("--out", help="JSON file.")] = Path("picture.json"),
    as_of: AsOf = None,
    data: Data = None,
) -> None:
    """Compose one picture and write it as JSON."""
    from tilannekuva import pipeline

    pipeline.compose_to(out, region, as_of=as_of, data=data)
    typer.echo(str(out))


@app.command()
def publish(
    picture: Annotated[Path, typer.Argument(help="A picture.json.")],
    lang: Lang = None,
    formats: Formats = None,
    out: Out = None,
) -> None:
    """Make the reports of a picture that was composed before."""
    from tilannekuva import pipeline, publishing

    found = pipeline.read_picture(picture)
    made = pipeline.publish(
        found, _list(formats) or pipeline.DEFAULT_FORMATS, _list(lang) or ("fi",), out or "reports"
    )
    for file in publishing.reports(made) or made:
        typer.echo(str(file))


@app.command()
def trace(
    region: Annotated[str, typer.Argument(help="Name or code of a region.")],
    indicator: Annotated[str, typer.Argument(help="Id of an indicator.")],
    period: Annotated[str | None, typer.Argument(help="Period; default: the latest.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="Language of the sentences.")] = "fi",
    as_of: AsOf = None,
    data: Data = None,
) -> None:
    """Follow a figure from the sentence back to the publisher's address."""
    from tilannekuva import archive, pipeline

    (language,) = pipeline.check_languages([lang])
    found = archive.trace(region, indicator, period, lang=language, as_of=as_of, data=data)
    for line in found.lines(language):
        typer.echo(line)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="A picture.json, or the folder that has it.")],
    new: Annotated[Path, typer.Argument(help="The same of the later edition.")],
    lang: Annotated[str, typer.Option("--lang", help="Language of the list.")] = "fi",
) -> None:
    """Say what differs between two editions: figures, revisions, rules."""
    from tilannekuva import archive, editions, pipeline

    (language,) = pipeline.check_languages([lang])
    found, before, after = archive.diff(old, new)
    for line in editions.lines(found, before, after, language):
        typer.echo(line)


@app.command()
def rebuild(
    edition: Annotated[str, typer.Argument(help="Date of the edition (YYYY-MM-DD).")],
    names: Names = None,
    out: Out = None,
    data: Data = None,
) -> None:
    """Make an old edition again and hold it against what was published."""
    from tilannekuva import archive

    different = 0
    for one in archive.rebuild(edition, names or ["kainuu"], out=out, data=data):
        if one.same:
            typer.echo(f"{one.folder}: byte for byte the same")
            continue
        different += 1
        typer.echo(f"{one.folder}: {len(one.different)} files differ: {', '.join(one.different)}")
    if different:
        raise DataError(
            "the edition could not be made again byte for byte: the catalogue, the program or its "
            "libraries have changed since; `tilannekuva diff` says which figures and rules differ"
        )


@app.command()
def form(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="REGION | FILE…", help="Whose form; with --read, filled forms."),
    ] = None,
    read: Annotated[
        bool, typer.Option("--read", help="Keep the judgements of filled forms.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Excel file.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="Language of the form.")] = "fi",
    as_of: AsOf = None,
    data: Data = None,
) -> None:
    """Make an Excel form for the experts' judgements, or read filled ones back."""
    from tilannekuva import experts, regions

    given = names or ([] if read else ["kainuu"])
    if not given:
        raise CatalogueError("no form was named; write `tilannekuva form --read FILE.xlsx`")
    if read:
        typer.echo(str(experts.read_forms([Path(n) for n in given])))
        return
    if len(given) > 1:
        raise CatalogueError(f"a form is of one region, not of {', '.join(given)}")
    slug = regions.slug(regions.area_of_pictures(given[0]).code)
    file = out or Path(f"{slug}.arvio.{lang}.xlsx")
    experts.form_to(file, given[0], lang=lang, as_of=as_of, data=data)
    typer.echo(str(file))


@app.command()
def verify(
    file: Annotated[
        Path | None, typer.Argument(help="A .docx that was edited; without it, the raw files.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Its picture.json; default: beside it.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", help="Its language; default: as it says itself.")
    ] = None,
    data: Data = None,
) -> None:
    """Check every raw file against the lock, or the numbers of an edited document."""
    from tilannekuva import archive, pipeline, raw

    if file is None:
        store = raw.store_path(data)
        typer.echo(f"{raw.verify(store)} files agree with {store / raw.LOCK}")
        return
    from tilannekuva.reports import docx

    language = pipeline.check_languages([lang])[0] if lang else None
    checked = archive.check_document(file, picture, language)
    for line in docx.lines(checked):
        typer.echo(line)
    if checked.strays:
        raise DataError(
            f"{file}: not in the picture: {len(checked.strays)} of its numbers (number: sentence, "
            "above); put right what is wrong; what is from elsewhere is yours to check"
        )
    typer.echo(
        f"{file}: every number is in the picture"
        + (f"; {len(checked.to_read)} to read once more, above" if checked.to_read else "")
    )


def _list(text: str | None) -> list[str]:
    return (
        [] if text is None else [part.strip() for part in text.split(",") if part.strip()] or [""]
    )


def _usage_error() -> type[Exception]:
    """The class that all errors of use descend from.

    Typer brings its own copy of click in some versions and uses the installed one in others; the
    class is the same distance from the one that typer names.
    """
    base = typer.BadParameter.__bases__[0]
    assert issubclass(base, Exception)
    return base


_UsageError = _usage_error()


_INTERRUPTED = 130
"""What typer makes of Ctrl-C."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    import signal

    if threading.current_thread() is threading.main_thread():
        # A job that is told to end cleans up as one that is interrupted does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    given = sys.argv[1:] if arguments is None else arguments
    try:
        result = app(arguments, standalone_mode=False, prog_name="tilannekuva")
    except TilannekuvaError as error:
        print(f"tilannekuva: {error}", file=sys.stderr)
        return error.exit_code
    except _UsageError as error:
        # Wrong use answers 1: the 2 of command-line habit means a data problem here.
        what = error.format_message()  # type: ignore[attr-defined]  # click's own method
        print(f"tilannekuva: {what} (`tilannekuva --help` lists the commands)", file=sys.stderr)
        return 1
    except typer.Exit as error:
        result = error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        result = _INTERRUPTED
    except Exception as error:  # the last place where it can become one line
        if "--debug" in given:
            raise
        print(
            f"tilannekuva: unexpected {type(error).__name__}: {error}. Nothing was half-written. "
            "This is our mistake: run `tilannekuva --debug …` and send what it prints",
            file=sys.stderr,
        )
        return 3
    except SystemExit:  # whoever reads the list has seen enough (`| head`): typer leaves in silence
        return 0
    if result == _INTERRUPTED:
        print("tilannekuva: interrupted; nothing was half-written", file=sys.stderr)
    code = result if isinstance(result, int) else 0
    return 1 if code == 2 else code
