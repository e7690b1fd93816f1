"""``python -m tilannekuva`` is the same as ``tilannekuva``."""

from tilannekuva.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
