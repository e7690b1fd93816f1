"""One small tree of errors, and the exit code that each answers with."""

from __future__ import annotations

from tilannekuva import errors


def test_every_error_is_ours_and_has_its_exit_code() -> None:
    codes = {
        name: getattr(errors, name).exit_code
        for name in errors.__all__
        if name != "TilannekuvaError"
    }
    assert codes == {"CatalogueError": 1, "SourceError": 2, "DataError": 2, "ReportError": 3}
    assert all(issubclass(getattr(errors, n), errors.TilannekuvaError) for n in codes)
