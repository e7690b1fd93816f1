"""The XML of Eurostat: faults, the queue, and structures as far as clients read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from services.eurostat_cubes import Cube

__all__ = ["constraint", "dataflows", "datastructure", "fault", "queued", "status"]

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_DISSEMINATION = "http://estat.ec.europa.eu/disschain"
_SDMX = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"


def fault(code: int, text: str) -> bytes:
    """What went wrong, without an envelope around it."""
    return (
        f'{_DECLARATION}<S:Fault xmlns:S="{_SOAP}"><faultcode>{code}</faultcode>'
        f"<faultstring>{escape(text)}</faultstring></S:Fault>"
    ).encode()


def _envelope(body: str) -> bytes:
    return (
        f'{_DECLARATION}\n<env:Envelope xmlns:env="{_SOAP}"><env:Header/>'
        f"<env:Body>{body}</env:Body></env:Envelope>"
    ).encode()


def queued(job: str, state: str) -> bytes:
    """The answer in place of data that have to be prepared first."""
    return _envelope(
        f'<ns0:syncResponse xmlns:ns0="{_DISSEMINATION}/soap/extraction">'
        f"<processingTime>92</processingTime>"
        f"<queued><id>{job}</id><status>{state}</status></queued></ns0:syncResponse>"
    )


def status(job: str, state: str) -> bytes:
    """How far a queued request has come."""
    return _envelope(
        f'<ns0:asyncResponse xmlns:ns0="{_DISSEMINATION}/soap/asynchronous">'
        f'<ns1:status xmlns:ns1="{_DISSEMINATION}/asynchronous">'
        f"<ns1:key>{escape(job)}</ns1:key><ns1:status>{state}</ns1:status></ns1:status>"
        f"</ns0:asyncResponse>"
    )


def _structure(body: str) -> bytes:
    spaces = "".join(
        f' xmlns:{short}="{_SDMX}/{name}"'
        for short, name in (("m", "message"), ("s", "structure"), ("c", "common"))
    )
    return (
        f"{_DECLARATION}<m:Structure{spaces}><m:Header><m:ID>DF1</m:ID><m:Test>false</m:Test>"
        f'<m:Sender id="ESTAT"/></m:Header><m:Structures>{body}</m:Structures></m:Structure>'
    ).encode()


def _ref(kind: str, name: str, package: str, version: str = "1.0") -> str:
    return (
        f'<Ref agencyID="ESTAT" class="{kind}" id="{name}" package="{package}"'
        f' version="{version}"/>'
    )


def dataflows(cubes: Iterable[Cube], *, descendants: bool = False) -> bytes:
    """Datasets with their dates; with descendants also the code lists they use."""
    cubes = list(cubes)
    flows = "".join(_dataflow(c) for c in cubes)
    body = f"<s:Dataflows>{flows}</s:Dataflows>"
    if descendants:
        lists = "".join(x for c in cubes for x in _codelists(c))
        body += f"<s:Codelists>{lists}</s:Codelists>"
    return _structure(body)


def _dataflow(cube: Cube) -> str:
    name = cube.code.upper()
    notes = (
        ("OBS_COUNT", str(len({*cube.values, *cube.flags}))),
        ("OBS_PERIOD_OVERALL_OLDEST", cube.periods[0]),
        ("OBS_PERIOD_OVERALL_LATEST", cube.periods[-1]),
        ("UPDATE_DATA", cube.updated),
        ("UPDATE_STRUCTURE", cube.structure_updated),
    )
    annotations = "".join(
        f"<c:Annotation><c:AnnotationTitle>{title}</c:AnnotationTitle>"
        f"<c:AnnotationType>{kind}</c:AnnotationType></c:Annotation>"
        for kind, title in notes
    )
    return (
        f'<s:Dataflow agencyID="ESTAT" id="{name}" version="1.0" isFinal="false">'
        f"<c:Annotations>{annotations}</c:Annotations>"
        f'<c:Name xml:lang="en">{escape(cube.label)}</c:Name>'
        f"<s:Structure>{_ref('DataStructure', name, 'datastructure', '22.0')}</s:Structure>"
        f"</s:Dataflow>"
    )


def _codelists(cube: Cube) -> Iterator[str]:
    for d in cube.dimensions[:-1]:
        codes = "".join(
            f'<s:Code id="{code}"><c:Name xml:lang="en">{escape(label)}</c:Name></s:Code>'
            for code, label in d.categories.items()
        )
        yield (
            f'<s:Codelist agencyID="ESTAT" id="{d.code.upper()}" version="1.0">'
            f'<c:Name xml:lang="en">{escape(d.label)}</c:Name>{codes}</s:Codelist>'
        )


def datastructure(cube: Cube) -> bytes:
    """The dimensions in the order that a key has them."""
    name = cube.code.upper()
    dimensions = "".join(
        f'<s:Dimension id="{d.code}" position="{place}"><s:LocalRepresentation><s:Enumeration>'
        f"{_ref('Codelist', d.code.upper(), 'codelist')}"
        f"</s:Enumeration></s:LocalRepresentation></s:Dimension>"
        for place, d in enumerate(cube.dimensions[:-1], 1)
    )
    return _structure(
        f'<s:DataStructures><s:DataStructure agencyID="ESTAT" id="{name}" version="22.0">'
        f'<c:Name xml:lang="en">{name} data structure</c:Name><s:DataStructureComponents>'
        f'<s:DimensionList id="DimensionDescriptor">{dimensions}'
        f'<s:TimeDimension id="TIME_PERIOD" position="{len(cube.dimensions)}"/>'
        f"</s:DimensionList></s:DataStructureComponents></s:DataStructure></s:DataStructures>"
    )


def constraint(cube: Cube) -> bytes:
    """The codes that a dataset really uses."""
    used: list[dict[str, None]] = [{} for _ in cube.dimensions]
    for key in (*cube.values, *cube.flags):
        for codes, code in zip(used, key, strict=True):
            codes[code] = None
    regions = "".join(
        f'<c:KeyValue id="{"TIME_PERIOD" if d.code == "time" else d.code}">'
        + "".join(f"<c:Value>{code}</c:Value>" for code in d.categories if code in codes)
        + "</c:KeyValue>"
        for d, codes in zip(cube.dimensions, used, strict=True)
    )
    return _structure(
        f'<s:Constraints><s:ContentConstraint agencyID="ESTAT" id="{cube.code.upper()}"'
        f' type="Actual" version="1.0"><s:CubeRegion include="true">{regions}</s:CubeRegion>'
        f"</s:ContentConstraint></s:Constraints>"
    )
