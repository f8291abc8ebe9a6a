"""What a file that a stranger sent really is, found out in a process of its own.

Run as a program with the file on standard input: it answers a line of JSON on standard output, `{"type": …}`
or `{"refused": rule}`, and then what is to be kept. A picture is decoded and written anew, which leaves
behind whatever it carried besides: where it was taken, other files glued to it, scripts. A PDF is kept as it
came, when it can be read and nothing in it acts by itself.

It imports nothing of ours and is given a bound of memory and time, so that a file made to take all of either
takes only this process with it.
"""

import io
import json
import re
import resource
import sys
import warnings
from collections.abc import Iterator
from typing import Any

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"

MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 20

# Telephones take pictures of 12 to 50 million pixels.
MOST_PIXELS = 52_000_000
# A progressive JPEG is drawn in about ten passes; each costs as much as drawing it once.
MOST_DRAWN = 1_000_000_000
LONGEST_SIDE = 2_400
QUALITY = 85
MOST_PDF_OBJECTS = 20_000
MOST_PDF_DEPTH = 60

_PICTURES = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
# ISO 32000-1, 7.6, 7.7.4, 12.6.4: what runs, opens or carries something else.
_ACTING = frozenset(("/JavaScript", "/JS", "/Launch", "/ImportData", "/SubmitForm", "/RichMedia", "/XFA"))
_CARRYING = frozenset(("/EmbeddedFile", "/EmbeddedFiles", "/EF"))
_RAW = re.compile(rb"/(?:JavaScript|EmbeddedFile|RichMedia|Launch|Encrypt)\b")


class ProofRefused(Exception):
    """A file that is taken for no proof; `rule` names why, in the words of `web.claims`."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def read(data: bytes) -> tuple[str, bytes]:
    """The media type and what is to be kept. Raises ProofRefused."""
    if not data:
        raise ProofRefused("proof-empty")
    kind = kind_of(data)
    if kind is None:
        raise ProofRefused("proof-type")
    if kind == PDF:
        check_pdf(data)
        return PDF, data
    return JPEG, redrawn(data, kind)


def kind_of(data: bytes) -> str | None:
    """What the first bytes say; the name of a file says nothing."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    return PDF if data.startswith(b"%PDF-") else None


def redrawn(data: bytes, kind: str) -> bytes:
    """The picture alone, upright, as a JPEG of at most LONGEST_SIDE pixels a side. Raises ProofRefused."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=[_PICTURES[kind]]) as picture:
            pixels = picture.width * picture.height
            # A picture of one line is no picture of anything.
            if min(picture.size) < 16:
                raise ProofRefused("proof-small")
            if pixels > MOST_PIXELS or data.count(b"\xff\xda") * pixels > MOST_DRAWN:
                raise ProofRefused("proof-pixels")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            kept = io.BytesIO()
            _on_white(ImageOps.exif_transpose(picture)).save(kept, "JPEG", quality=QUALITY, optimize=True)
            return kept.getvalue()
    except ProofRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise ProofRefused("proof-pixels") from None
    except Exception:
        # Decoders raise whatever they come upon in what is not the picture it says.
        raise ProofRefused("proof-broken") from None


def _on_white(picture: Any) -> Any:
    """Without transparency, and without anything but pixels."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        paper = Image.new("RGB", seen.size, "white")
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    plain = picture.convert("RGB")
    plain.info = {}
    return plain


def check_pdf(data: bytes) -> None:
    """Raise ProofRefused unless this is a PDF of at least one page that only shows something."""
    from pypdf import PdfReader

    try:
        # Names may be written with escapes (ISO 32000-1, 7.3.5), which the parser below resolves.
        if _RAW.search(data):
            raise ProofRefused("proof-active")
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise ProofRefused("proof-locked")
        if len(reader.pages) < 1:
            raise ProofRefused("proof-broken")
        numbers = {(number, made) for made, objects in reader.xref.items() for number in objects}
        numbers |= {(number, 0) for number in reader.xref_objStm}
        if len(numbers) > MOST_PDF_OBJECTS:
            raise ProofRefused("proof-large")
        for found in _values(reader, numbers):
            if found in _ACTING or found in _CARRYING:
                raise ProofRefused("proof-active")
    except ProofRefused:
        raise
    except Exception:
        # The parser raises whatever it comes upon in what is no PDF.
        raise ProofRefused("proof-broken") from None


def _values(reader: Any, numbers: set[tuple[int, int]]) -> Iterator[str]:
    """Every name in every object, as a key or as a value; what an object refers to is itself among them."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

    waiting: list[tuple[Any, int]] = [(reader.trailer, 0)]
    waiting += [(IndirectObject(*number, reader).get_object(), 0) for number in sorted(numbers)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MOST_PDF_DEPTH:
            raise ProofRefused("proof-broken")
        if isinstance(value, NameObject):
            yield str(value)
        elif isinstance(value, DictionaryObject):
            yield from map(str, value)
            waiting += [(item, depth + 1) for item in value.values()]
        elif isinstance(value, ArrayObject):
            waiting += [(item, depth + 1) for item in value]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kept = b""
    try:
        kind, kept = read(sys.stdin.buffer.read())
        answer = {"type": kind}
    except ProofRefused as refused:
        answer = {"refused": refused.rule}
    except MemoryError:
        answer = {"refused": "proof-pixels"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + kept)


if __name__ == "__main__":
    main()
