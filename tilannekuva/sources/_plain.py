"""The bytes of an answer as plain UTF-8 text: unpacked, its encoding found, pages refused."""

from __future__ import annotations

import gzip
import zlib

from tilannekuva.errors import SourceError

__all__ = ["plain"]

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
# Statistics Finland's code page, where it differs from Windows-1252; fractions keep their places.
_LATIN_9 = str.maketrans({"¤": "€", "¦": "Š", "¨": "š", "´": "Ž", "¸": "ž"})


def plain(data: bytes, where: str) -> bytes:
    """The text of an answer as UTF-8 without a mark at its beginning.

    Bytes that are not UTF-8 are taken for the code page that Statistics Finland's servers use
    (ISO-8859-15 with the additions of Windows-1252), whatever the answer's head said.

    Args:
        data: The bytes as received, packed with gzip or not.
        where: Name of the file, for errors.

    Returns:
        UTF-8.

    Raises:
        SourceError: There is nothing, a packed answer is cut off or damaged, or it is a web page or
            XML, as services send when they are busy.

    >>> plain("Ähtäri".encode("iso-8859-15"), "f.csv").decode()
    'Ähtäri'
    """
    if data.startswith(_GZIP):
        data = _unpacked(data, where)
    data = data.removeprefix(_BOM)
    head = data[:2000].lstrip()
    if not head:
        raise SourceError(f"{where}: the answer is empty; fetch it again")
    if head.startswith(b"<"):
        raise SourceError(f"{where}: {_page(head)}")
    if data.isascii():
        return data
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if not data[: error.start].isascii():
            # Letters of UTF-8 stand before it, so it is no code page but a damaged answer.
            raise SourceError(
                f"{where}: byte {error.start + 1} is no UTF-8 though those before it are; the "
                "answer is damaged or cut off, fetch it again"
            ) from error
        return data.decode("cp1252", errors="replace").translate(_LATIN_9).encode()
    return data


def _unpacked(data: bytes, where: str) -> bytes:
    try:
        return gzip.decompress(data)
    except EOFError as error:
        raise SourceError(f"{where}: the packed answer is cut off; fetch it again") from error
    except (OSError, zlib.error) as error:
        raise SourceError(
            f"{where}: the packed answer is damaged ({error}); fetch it again"
        ) from error


def _page(head: bytes) -> str:
    lower = head.lower()
    if b"envelope" in lower:
        return "the service has queued the answer (a SOAP message); fetch it when it is ready"
    if b"<html" in lower or b"<!doctype html" in lower:
        return (
            "a web page, not figures: the service was busy or the address is wrong; fetch it again"
        )
    return "XML, not figures; ask for another format"
