"""The catalogue: reads the TOML folders, checks them, and answers "which indicators are there?".

The packaged catalogue is one file a subject. A user's own folder, named by ``catalogue`` in
``tilannekuva.toml`` or by argument, is merged over it: the same id replaces the packaged entry.
"""

from __future__ import annotations

import difflib
import functools
import graphlib
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tilannekuva import formulas, model, periods
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.model import Cut, Indicator, KeyFigures, Section, Source, Unit

__all__ = ["Catalogue", "find", "load", "packaged", "search"]

M = TypeVar("M", bound=BaseModel)


class Catalogue(model.Frozen):
    """Everything that people wrote about the figures: indicators, units, sources and cuts."""

    indicators: dict[str, Indicator]
    units: dict[str, Unit]
    sources: dict[str, Source]
    cuts: tuple[Cut, ...]
    key_figures: KeyFigures
    aliases: dict[str, str]

    def __getitem__(self, name: str) -> Indicator:
        return self.indicators[find(self, name)]

    def __repr__(self) -> str:
        return f"<Catalogue: {len(self.indicators)} indicators, {len(self.sources)} sources>"

    def _repr_html_(self) -> str:
        """A table of ids and names, for a notebook."""
        rows = "".join(
            f"<tr><td><code>{i.id}</code></td><td>{escape(i.names.fi)}</td>"
            f"<td>{escape(i.names.en)}</td><td>{escape(self.units[i.unit].label.fi)}</td></tr>"
            for i in self.indicators.values()
        )
        head = "<tr><th>id</th><th>fi</th><th>en</th><th>unit</th></tr>"
        return (
            f"<p>{escape(repr(self))}</p><table><thead>{head}</thead><tbody>{rows}</tbody></table>"
        )


def packaged() -> Path:
    """The folder of descriptions inside the package."""
    return Path(str(resources.files("tilannekuva"))) / "data"


@functools.cache
def load(own: Path | None = None) -> Catalogue:
    """Read and check the catalogue.

    Args:
        own: A folder laid out like the packaged one (``catalogue/*.toml``, ``cuts/*.toml``,
            ``sources.toml``, ``units.toml``, each optional), merged over it.

    Returns:
        The catalogue.

    Raises:
        CatalogueError: File, key and a hint.

    >>> load()["gdp_pc"].unit
    'eur'
    """
    folders = [packaged()] + ([own] if own else [])
    units = _table(folders, "units.toml", Unit)
    sources = _table(folders, "sources.toml", Source)
    indicators: dict[str, Indicator] = {}
    for folder in folders:
        files = sorted((folder / "catalogue").glob("*.toml"))
        if folder == own and not files:
            files = sorted(f for f in folder.glob("*.toml") if f.name not in _NOT_INDICATORS)
        home: dict[str, Path] = {}
        for file in files:
            for key, entry in _read(file).items():
                if home.setdefault(key, file) != file:
                    raise CatalogueError(f"{file}: {key}: {home[key].name} has this id already")
                found = _model(Indicator, file, key, entry, id=key, subject=file.stem)
                _check(found, file, units, sources)
                indicators[key] = found
    cuts = {c.id: c for folder in folders for c in _cuts(folder)}
    key_figures = [
        _model(KeyFigures, f, "", _read(f))
        for d in folders
        if (f := d / "key_figures.toml").is_file()
    ][-1]
    catalogue = Catalogue(
        indicators=indicators,
        units=units,
        sources=sources,
        cuts=tuple(sorted(cuts.values(), key=lambda c: (c.kind != "themes", c.id))),
        key_figures=key_figures,
        aliases=_aliases(indicators),
    )
    _check_references(catalogue)
    return catalogue


_NOT_INDICATORS = {"units.toml", "sources.toml", "key_figures.toml", "tilannekuva.toml"}


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{file}: not valid TOML ({error}); mend the line it names") from error
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read ({error.strerror})") from error


def _table(folders: Iterable[Path], name: str, kind: type[M]) -> dict[str, M]:
    files = [f for d in folders if (f := d / name).is_file()]
    return {k: _model(kind, f, k, v, id=k) for f in files for k, v in _read(f).items()}


def _cuts(folder: Path) -> list[Cut]:
    return [
        _model(Cut, f, "", _read(f), id=f.stem) for f in sorted((folder / "cuts").glob("*.toml"))
    ]


def _model(kind: type[M], file: Path, key: str, entry: Any, **extra: str) -> M:
    if not isinstance(entry, Mapping):
        raise CatalogueError(f"{file}: '{key}' is a plain value; write it as a table [{key}]")
    try:
        return kind.model_validate({**entry, **extra})
    except ValidationError as error:
        # A key that was misspelt is also missing; the misspelling is what helps.
        found = error.errors()
        problem = next((p for p in found if p["type"] == "extra_forbidden"), found[0])
        inside = [str(p) for p in problem["loc"]]
        where = ".".join(p for p in (key, *inside) if p)
        raise CatalogueError(f"{file}: {where}: {_explain(kind, problem, inside)}") from error


def _explain(kind: type[BaseModel], problem: Any, inside: list[str]) -> str:
    if problem["type"] == "extra_forbidden":
        known = _keys(kind, inside[:-1])
        near = difflib.get_close_matches(inside[-1], known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
        return f"unknown key; {hint}"
    if problem["type"] == "missing":
        return "is missing; add it"
    if problem["type"] == "literal_error":
        return f"'{problem['input']}' is not one of {problem['ctx']['expected']}"
    return str(problem["msg"]).removeprefix("Value error, ")


def _keys(kind: type[BaseModel], path: list[str]) -> list[str]:
    """Names of the keys that a (nested) table knows."""
    nested: dict[str, type[BaseModel]] = {
        "query": model.Query,
        "targets": model.Target,
        "breaks": model.Break,
        "aggregate": model.Aggregate,
        "sections": Section,
    }
    nested |= dict.fromkeys(_TEXTS, model.Text)
    inner = next((nested[p] for p in reversed(path) if p in nested), kind)
    return sorted(inner.model_fields)


_TEXTS = (
    "names", "short", "amount", "phrase", "where", "caveats", "note", "per", "question",
    "questions", "publisher", "label", "after", "difference",
)  # fmt: skip
"""Keys whose value is the same thing said in three languages."""


def _check(
    indicator: Indicator, file: Path, units: Mapping[str, Unit], sources: Mapping[str, Source]
) -> None:
    where = f"{file}: {indicator.id}"
    if indicator.unit not in units:
        near = difflib.get_close_matches(indicator.unit, units, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"known units: {', '.join(sorted(units))}"
        raise CatalogueError(f"{where}.unit: unknown unit '{indicator.unit}'; {hint}")
    for query in indicator.query:
        if query.source not in sources:
            near = difflib.get_close_matches(query.source, sources, 1)
            hint = f"did you mean '{near[0]}'?" if near else "describe it in sources.toml"
            raise CatalogueError(f"{where}.query.source: unknown source '{query.source}'; {hint}")
        if set(query.axes) - set(indicator.axes):
            raise CatalogueError(f"{where}.query.axes: an axis that `axes` does not list")
    for axis in indicator.axes:
        if not (packaged() / "axes" / f"{axis}.csv").is_file():
            raise CatalogueError(f"{where}.axes: there is no code list axes/{axis}.csv")
    for key, period in _periods(indicator):
        try:
            periods.parse(period)
        except DataError as error:
            raise CatalogueError(f"{where}.{key}: {error}") from error
    if indicator.formula is not None:
        try:
            named = formulas.parents(indicator.formula)
        except CatalogueError as error:
            raise CatalogueError(f"{where}.formula: {error}") from error
        if not named:
            raise CatalogueError(f"{where}.formula: '{indicator.formula}' names no indicator")


def _periods(indicator: Indicator) -> Iterable[tuple[str, str]]:
    """Every period that a person wrote into an indicator, with its key."""
    for target in indicator.targets:
        yield "targets.period", target.period
        if target.base_period is not None:
            yield "targets.base_period", target.base_period
    for b in indicator.breaks:
        yield "breaks.first_period", b.first_period
    for query in indicator.query:
        yield from (("query.periods", p) for p in query.periods)


def _check_references(catalogue: Catalogue) -> None:
    known = catalogue.indicators
    graph: dict[str, set[str]] = {}
    for indicator in known.values():
        parents = set(formulas.parents(indicator.formula)) if indicator.formula else set()
        if indicator.aggregate and indicator.aggregate.weight:
            parents.add(indicator.aggregate.weight)
        for missing in sorted(parents - set(known)):
            raise CatalogueError(
                f"{indicator.subject}.toml: {indicator.id}: unknown indicator '{missing}'"
                + _near(missing, known)
            )
        if indicator.formula and indicator.id in parents:
            raise CatalogueError(f"{indicator.subject}.toml: {indicator.id}: stands on itself")
        graph[indicator.id] = parents - {indicator.id}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = " → ".join(error.args[1])
        raise CatalogueError(
            f"{known[error.args[1][0]].subject}.toml: formulas stand on each other: {circle}"
        ) from error
    for cut in catalogue.cuts:
        for section in cut.sections:
            for name in (*section.indicators, *section.lead):
                if name not in known:
                    raise CatalogueError(
                        f"cuts/{cut.id}.toml: {section.id}: unknown indicator '{name}'"
                        + _near(name, known)
                    )
            for name in sorted(set(section.lead) - set(section.indicators)):
                raise CatalogueError(
                    f"cuts/{cut.id}.toml: {section.id}: '{name}' leads a section that does not "
                    "list it; add it to its indicators"
                )
    for field in KeyFigures.model_fields:
        for name in getattr(catalogue.key_figures, field):
            if name not in known:
                raise CatalogueError(
                    f"key_figures.toml: {field}: unknown indicator '{name}'" + _near(name, known)
                )


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _aliases(indicators: Mapping[str, Indicator]) -> dict[str, str]:
    found: dict[str, str] = {}
    ids = set(indicators)
    for i in indicators.values():
        for alias in i.aliases:
            if found.setdefault(alias, i.id) != i.id or alias in ids:
                raise CatalogueError(f"{i.subject}.toml: {i.id}: alias '{alias}' is already taken")
    return found


def find(catalogue: Catalogue, name: str) -> str:
    """The id of an indicator, from its id or an alias.

    Raises:
        CatalogueError: One line that names the nearest match.

    >>> find(load(), "bkt_asukas")
    'gdp_pc'
    """
    if name in catalogue.indicators:
        return name
    if name in catalogue.aliases:
        return catalogue.aliases[name]
    near = difflib.get_close_matches(name, [*catalogue.indicators, *catalogue.aliases], 1)
    hint = f"did you mean '{near[0]}'?" if near else "`tilannekuva catalogue` lists them"
    raise CatalogueError(f"unknown indicator '{name}'; {hint}")


def search(catalogue: Catalogue, text: str) -> tuple[Indicator, ...]:
    """Indicators whose id, names or aliases hold every word of the text, in catalogue order.

    >>> [i.id for i in search(load(), "bkt asukas")][:1]
    ['gdp_pc']
    """
    words = [_fold(w) for w in text.split()]

    def matches(i: Indicator) -> bool:
        hay = _fold(" ".join((i.id, i.subject, *i.aliases, i.names.fi, i.names.sv, i.names.en)))
        return all(w in hay for w in words)

    return tuple(i for i in catalogue.indicators.values() if matches(i))


def _fold(text: str) -> str:
    """Lower case without diacritics, so that 'tyottomyys' finds työttömyys."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))
