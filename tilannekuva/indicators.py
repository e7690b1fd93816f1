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
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, PrivateAttr, ValidationError

from tilannekuva import formulas, model, periods, region_codes
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.model import Cut, Indicator, KeyFigures, Section, Shock, Source, Target, Text, Unit
from tilannekuva.table_names import short_table

__all__ = ["Catalogue", "Described", "find", "load", "packaged", "search"]

M = TypeVar("M", bound=BaseModel)


class Catalogue(model.Frozen):
    """Everything that people wrote about the figures: indicators, units, sources and cuts."""

    indicators: dict[str, Indicator]
    units: dict[str, Unit]
    sources: dict[str, Source]
    cuts: tuple[Cut, ...]
    key_figures: KeyFigures
    aliases: dict[str, str]
    shocks: dict[str, Shock] = Field(default_factory=dict)
    """The crises that analyses look at, dated on the country."""

    def __getitem__(self, name: str) -> Indicator:
        return self.indicators[find(self, name)]

    def __contains__(self, name: object) -> bool:
        return name in self.indicators or name in self.aliases

    def __len__(self) -> int:
        return len(self.indicators)

    def __bool__(self) -> bool:
        """An empty catalogue is still the one that was given (``catalogue or load()``)."""
        return True

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]  # ids, as of a mapping
        return iter(self.indicators)

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


class Described(Indicator):
    """An indicator with the words that its catalogue has for it, so that a notebook can show it."""

    _unit: Unit | None = PrivateAttr(None)
    _sources: dict[str, Source] = PrivateAttr(default_factory=dict)
    _names: dict[str, Text] = PrivateAttr(default_factory=dict)
    """Names of the indicators that it is computed from."""

    def __eq__(self, other: object) -> bool:
        """The words around it are no part of what it is: one read from a picture is the same."""
        return isinstance(other, Indicator) and self.__dict__ == other.__dict__

    __hash__ = Indicator.__hash__

    def __repr_name__(self) -> str:
        return Indicator.__name__

    def _beside(self, catalogue: Catalogue) -> None:
        """Take from the catalogue what is needed to show it."""
        self._unit = catalogue.units[self.unit]
        self._sources = {q.source: catalogue.sources[q.source] for q in self.query}
        self._names = {n: catalogue.indicators[n].names for n in formulas.parents_of(self)}

    def _repr_html_(self) -> str:
        """What it is and where its figures come from, in Finnish; the names in three languages."""
        names = (("fi", "Nimi"), ("sv", "Namn"), ("en", "Name"))
        rows = [(head, f'<span lang="{x}">{escape(self.names[x])}</span>') for x, head in names]
        unit = self._unit.label.fi if self._unit else self.unit
        rows += [("Yksikkö", escape(unit) or "–"), ("Suunta", _BETTER[self.direction])]
        rows += [("Luvut", _lines(self._origins()))]
        if self.targets:
            rows += [("Tavoitteet", _lines(map(self._aim, self.targets)))]
        if self.caveats:
            rows += [("Huomattavaa", _lines(map(_caveat, self.caveats)))]
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left;vertical-align:top">{head}</th>'
            f'<td style="text-align:left">{cell}</td></tr>'
            for head, cell in rows
        )
        return (
            f'<div lang="fi"><p><strong>{escape(self.label.fi)}</strong> '
            f"<code>{escape(self.id)}</code></p><table><tbody>{cells}</tbody></table></div>"
        )

    def _origins(self) -> Iterator[str]:
        """Where the figures come from, the preferred way first."""
        from tilannekuva import words

        for source, table in dict.fromkeys((q.source, q.table) for q in self.query):
            known = self._sources.get(source)
            text = words.message(
                "page.where_from",
                "fi",
                table=table,
                publisher=known.publisher.fi if known else source,
            )
            yield _linked(text, known.page if known else "")
        if self.rule is not None:
            parts = "; ".join(f"{n} = {names.fi}" for n, names in self._names.items())
            where = f"<br><small>{escape(parts)}</small>" if parts else ""
            yield f"oma laskelma: <code>{escape(self.rule)}</code>{where}"
        if self.aggregate is not None:
            yield "kuntien luvuista, missä julkaisijan oma luku puuttuu"
        if self.where is not None:
            yield escape(words.message("gap.where", "fi", where=self.where.fi))

    def _aim(self, target: Target) -> str:
        """A target as it is set, with its source."""
        from tilannekuva import words

        def shown(value: float) -> str:
            return words.number(value, 0 if float(value).is_integer() else 1, "fi")

        by = words.period(target.period, "fi", "by")
        since = words.period(target.base_period, "fi", "from") if target.base_period else ""
        if target.kind == "change":
            sign = "−" if target.value < 0 else "+"
            what = f"{sign}{shown(abs(target.value))}\N{NO-BREAK SPACE}% {since}"
        else:
            ends = [v for v in (target.value, target.value_high) if v is not None]
            places = 0 if all(float(v).is_integer() for v in ends) else 1
            *low, high = ends if target.bound == "between" else [target.value]
            end = words.quantity(high, places, self._unit, "fi") if self._unit else shown(high)
            bound = words.message(f"target.{target.bound}", "fi")
            what = f"{bound} {'–'.join([*map(shown, low), end])}"
            what += f" {target.per.fi}" if target.per else ""
        scope = words.message(f"target.scope.{target.scope}", "fi")
        checked = "" if target.verified else "; ei tarkistettu lähteestä"
        host = target.source.split("/")[2] if "://" in target.source else target.source
        source = _linked(host, target.source)
        return f"{escape(f'{scope}: {what.strip()} {by}')} ({source}{checked})"


_BETTER = {
    "up": "suurempi on parempi",
    "down": "pienempi on parempi",
    "neither": "kumpikaan suunta ei ole parempi",
}


def _lines(items: Iterable[str]) -> str:
    return "<br>".join(items) or "–"


def _linked(text: str, address: str) -> str:
    """A text that leads to its address, if that is one."""
    if not address.startswith(("https://", "http://")):
        return escape(text)
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def _caveat(caveat: model.Caveat) -> str:
    """A caveat; one about a single region begins with its name."""
    if caveat.region == "*":
        return escape(caveat.fi)
    known = region_codes.exists(caveat.region)
    name = region_codes.region(caveat.region).names.fi if known else caveat.region
    return escape(f"{name}: {caveat.fi}")


def packaged() -> Path:
    """The folder of descriptions inside the package."""
    return Path(str(resources.files("tilannekuva"))) / "data"


def load(own: Path | str | None = None) -> Catalogue:
    """Read and check the catalogue. What was read is kept until one of its files changes.

    Args:
        own: A folder laid out like the packaged one (``catalogue/*.toml``, ``cuts/*.toml``,
            ``sources.toml``, ``units.toml``, each optional), merged over it.

    Returns:
        The catalogue.

    Raises:
        CatalogueError: There is no such folder; or file, key and a hint.

    >>> load()["gdp_pc"].unit
    'eur'
    """
    folder = Path(own) if own else None
    if folder is not None and not folder.is_dir():
        raise CatalogueError(
            f"{folder}: there is no such folder of indicators; mend its name where it was given "
            "(`catalogue` in tilannekuva.toml, or the argument)"
        )
    return _load(folder, _state([packaged()] + ([folder] if folder else [])))


def _state(folders: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of change of every file that a catalogue is read from."""
    files = [
        f for d in folders for p in ("*", "catalogue/*", "cuts/*") for f in d.glob(f"{p}.toml")
    ]
    seen = ((str(f.absolute()), f.stat()) for f in sorted(files))
    return tuple((name, s.st_size, s.st_mtime_ns) for name, s in seen)


@functools.lru_cache(maxsize=8)  # a folder that is being edited must not fill the memory
def _load(own: Path | None, _: tuple[tuple[str, int, int], ...]) -> Catalogue:
    folders = [packaged()] + ([own] if own else [])
    units = _table(folders, "units.toml", Unit)
    sources = _table(folders, "sources.toml", Source)
    indicators: dict[str, Described] = {}
    for folder in folders:
        files = sorted((folder / "catalogue").glob("*.toml"))
        if folder == own and not files:
            files = sorted(f for f in folder.glob("*.toml") if f.name not in _NOT_INDICATORS)
        home: dict[str, Path] = {}
        for file in files:
            for key, entry in _read(file).items():
                if home.setdefault(key, file) != file:
                    raise CatalogueError(f"{file}: {key}: {home[key].name} has this id already")
                found = _model(Described, file, key, entry, id=key, subject=file.stem)
                _check(found, file, units, sources)
                indicators[key] = _with_names_of_today(found, sources)
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
        shocks=_table(folders, "shocks.toml", Shock),
    )
    _check_references(catalogue)
    for i in indicators.values():
        i._beside(catalogue)
    return catalogue


def _with_names_of_today(indicator: Described, sources: Mapping[str, Source]) -> Described:
    """Old names of tables are understood, and are one table with the name of today."""
    queries = tuple(
        q.model_copy(update={"table": short_table(q.table)})
        if sources[q.source].protocol == "pxweb"
        else q
        for q in indicator.query
    )
    return (
        indicator if queries == indicator.query else indicator.model_copy(update={"query": queries})
    )


_NOT_INDICATORS = {
    "units.toml",
    "sources.toml",
    "key_figures.toml",
    "shocks.toml",
    "tilannekuva.toml",
}


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
        "analysis": model.Analysis,
        "counts": model.Counts,
        "sections": Section,
        "tiles": model.Tiles,
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
    for key, formula in _formulas(indicator):
        try:
            named = formulas.parents(formula)
        except CatalogueError as error:
            raise CatalogueError(f"{where}.{key}: {error}") from error
        if not named:
            raise CatalogueError(f"{where}.{key}: '{formula}' names no indicator")
    if indicator.analysis is not None:
        _check_analysis(indicator.analysis, f"{where}.analysis")


def _formulas(indicator: Indicator) -> Iterable[tuple[str, str]]:
    """Every formula that a person wrote into an indicator, with its key."""
    if indicator.formula is not None:
        yield "formula", indicator.formula
    if indicator.analysis is not None:
        yield from ((f"analysis.of.{k}", v) for k, v in indicator.analysis.of.items())


def _check_analysis(analysis: model.Analysis, where: str) -> None:
    pairs = {"protected_share": 2, "extent_account": 2, "richness": 2}
    needed = pairs.get(analysis.method, 1)
    if len(analysis.of) < needed:
        raise CatalogueError(f"{where}.of: {analysis.method} needs {needed} inputs")
    if analysis.method == "required_cut" and (analysis.level is None or analysis.last is None):
        raise CatalogueError(f"{where}: required_cut needs `level` and the year `last`")


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


def _check_counts(indicator: Indicator, catalogue: Catalogue) -> None:
    """Events and population of an interval are known, and are what adds up over areas."""
    where = f"{indicator.subject}.toml: {indicator.id}.counts"
    if indicator.counts is None:
        return
    for key in ("count", "population"):
        name = getattr(indicator.counts, key)
        if name is None:
            continue
        if name not in catalogue.indicators:
            raise CatalogueError(
                f"{where}.{key}: unknown indicator '{name}'" + _near(name, catalogue.indicators)
            )
        if not catalogue.units[catalogue.indicators[name].unit].extensive:
            raise CatalogueError(f"{where}.{key}: '{name}' is no count; name one that adds up")


def _check_references(catalogue: Catalogue) -> None:
    known = catalogue.indicators
    graph: dict[str, set[str]] = {}
    for indicator in known.values():
        parents = set(formulas.parents_of(indicator))
        if indicator.aggregate and indicator.aggregate.weight:
            parents.add(indicator.aggregate.weight)
        for missing in sorted(parents - set(known)):
            raise CatalogueError(
                f"{indicator.subject}.toml: {indicator.id}: unknown indicator '{missing}'"
                + _near(missing, known)
            )
        _check_counts(indicator, catalogue)
        if indicator.rule and indicator.id in parents:
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
            tiled = (name for row in section.tiles for name in row.indicators)
            for name in (*section.indicators, *section.lead, *tiled):
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
