"""Files that strangers send as proofs: what is kept of them, and what is refused."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

from lms_tracker.actions import contents, proof_reading, proofs
from lms_tracker.actions.availability import NotWritten
from lms_tracker.actions.proof_reading import JPEG, PDF, ProofRefused
from tests.actions.claimants import picture

GPS = 0x8825


def rule_of(data: bytes) -> str | None:
    """Why a file is refused; None where it is kept. In this process, with its warnings left as they are."""
    try:
        proof_reading.read(data)
    except ProofRefused as refused:
        return refused.rule
    return None


def pdf(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    return writer


def act(writer: PdfWriter) -> None:
    """Have a document run a script when it is opened."""
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )


def written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG whose head promises this size, and whose data are a few bytes of zeros."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_a_jpeg_of_its_pixels_alone(kind: str) -> None:
    found, kept = proof_reading.read(picture(kind))
    assert found == JPEG
    with Image.open(io.BytesIO(kept)) as seen:
        assert (seen.format, seen.size, seen.mode) == ("JPEG", (640, 480), "RGB")


def test_where_a_picture_was_taken_is_not_kept_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Máy của bà Hoa"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (10.0, 30.0, 0.0)
    sent = picture("JPEG", exif=exif, comment=b"hoa@example.vn")
    assert b"hoa@example.vn" in sent
    _, kept = proof_reading.read(sent)
    with Image.open(io.BytesIO(kept)) as seen:
        assert seen.size == (480, 640)
        assert not seen.getexif()
        assert "comment" not in seen.info
    assert b"hoa@example.vn" not in kept
    assert b"Exif" not in kept


def test_what_is_glued_to_a_picture_is_not_kept() -> None:
    script = b"<script>alert(1)</script>"
    for glued in (picture() + script, picture("PNG") + b"PK\x03\x04" + script, picture() + written(pdf())):
        _, kept = proof_reading.read(glued)
        assert script not in kept
        assert b"%PDF" not in kept


def test_a_large_picture_is_made_smaller_and_a_transparent_one_laid_on_white() -> None:
    _, kept = proof_reading.read(picture("JPEG", (4_000, 3_000)))
    with Image.open(io.BytesIO(kept)) as seen:
        assert seen.size == (2_400, 1_800)
    file = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(file, "PNG")
    _, kept = proof_reading.read(file.getvalue())
    with Image.open(io.BytesIO(kept)) as seen:
        assert seen.getpixel((32, 32)) == (255, 255, 255)


def test_files_that_are_no_proof_are_refused_by_what_they_hold() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    whole = picture()
    assert {
        "nothing": rule_of(b""),
        "svg": rule_of(svg),
        "svg behind a comment": rule_of(b"<!-- \xff\xd8\xff -->" + svg),
        "html": rule_of(b"<!doctype html><script>alert(1)</script>"),
        "gif": rule_of(b"GIF89a" + bytes(100)),
        "program": rule_of(b"\x7fELF" + bytes(100)),
        "zip": rule_of(b"PK\x03\x04" + bytes(100)),
        "jpeg by its first bytes alone": rule_of(b"\xff\xd8\xff\xe0" + svg),
        "png by its first bytes alone": rule_of(b"\x89PNG\r\n\x1a\n" + svg),
        "webp by its first bytes alone": rule_of(b"RIFF\x10\0\0\0WEBP" + svg),
        "pdf by its first bytes alone": rule_of(b"%PDF-1.7\n" + svg),
        "half a jpeg": rule_of(whole[: len(whole) // 2]),
        "one pixel": rule_of(picture("PNG", (1, 1))),
        "tiff in the place of a jpeg": rule_of(b"\xff\xd8\xff" + b"II*\0" + bytes(100)),
    } == {
        "nothing": "proof-empty",
        "svg": "proof-type",
        "svg behind a comment": "proof-type",
        "html": "proof-type",
        "gif": "proof-type",
        "program": "proof-type",
        "zip": "proof-type",
        "jpeg by its first bytes alone": "proof-broken",
        "png by its first bytes alone": "proof-broken",
        "webp by its first bytes alone": "proof-broken",
        "pdf by its first bytes alone": "proof-broken",
        "half a jpeg": "proof-broken",
        "one pixel": "proof-small",
        "tiff in the place of a jpeg": "proof-broken",
    }


def test_a_picture_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked() -> None:
    for width, height in ((50_000, 50_000), (10_000, 9_000), (2**31 - 1, 2**31 - 1)):
        assert rule_of(png_of(width, height)) in ("proof-pixels", "proof-broken")
    # Drawn again and again: each scan of a progressive JPEG costs as much as the whole.
    progressive = picture("JPEG", (2_000, 2_000), progressive=True)
    scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    assert rule_of(progressive[:-2] + scan * 400 + b"\xff\xd9") == "proof-pixels"


def test_a_plain_pdf_is_kept_as_it_came() -> None:
    sent = written(pdf(3))
    assert proof_reading.read(sent) == (PDF, sent)


def test_a_pdf_that_acts_carries_files_or_is_locked_is_refused() -> None:
    scripted, opened, carrying, locked, hidden, launched = (pdf() for _ in range(6))
    act(scripted)
    opened.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/Rendition"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    carrying.add_attachment("virus.exe", b"MZ")
    locked.encrypt("secret")
    # The names written with escapes, in a stream of packed objects.
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})
    hidden.root_object[NameObject("/AA")] = ArrayObject([hidden._add_object(script)])
    launched.pages[0][NameObject("/Annots")] = ArrayObject(
        [launched._add_object(DictionaryObject({NameObject("/S"): NameObject("/Launch")}))]
    )
    escaped = written(hidden).replace(b"/JavaScript", b"/J#61v#61Script")
    told = [rule_of(written(one)) for one in (scripted, opened, carrying, locked, launched)]
    assert told == ["proof-active", "proof-active", "proof-active", "proof-active", "proof-active"]
    assert rule_of(escaped) == "proof-active"


def test_a_script_packed_with_other_objects_is_found() -> None:
    inner = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    body = zlib.compress(b"5 0 " + inner)
    objects = [
        b"1 0 obj << /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R >> endobj",
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj",
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >> endobj",
        b"4 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >> stream\n" % len(body)
        + body
        + b"\nendstream endobj",
    ]
    data, places = b"%PDF-1.5\n", []
    for one in objects:
        places.append(len(data))
        data += one + b"\n"
    rows = [(1, place, 0) for place in places] + [(2, 4, 0), (1, len(data), 0)]
    table = b"\0\0\0\0\xff" + b"".join(struct.pack(">BHH", kind, a, b) for kind, a, b in rows)
    begin = len(data)
    data += (
        b"6 0 obj << /Type /XRef /Size 7 /W [1 2 2] /Root 1 0 R /Length %d >> stream\n" % len(table)
        + table
        + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % begin
    )
    assert b"JavaScript" not in data
    assert rule_of(data) == "proof-active"


def test_a_proof_goes_through_a_process_of_its_own_and_is_kept_by_its_hash(in_app: Flask) -> None:
    kept = proofs.keep("../..\\Lớp học\n.exe.png", io.BytesIO(picture("PNG")))
    assert (kept.content_type, kept.name) == (JPEG, "Lớp học.exe.jpg")
    assert len(b"".join(contents.read(kept.content_key))) == kept.size
    writer = pdf()
    act(writer)
    with pytest.raises(ProofRefused, match="proof-active"):
        proofs.keep("a.pdf", io.BytesIO(written(writer)))
    with pytest.raises(ProofRefused, match="proof-large"):
        proofs.keep("a.jpg", io.BytesIO(b"\xff\xd8\xff" + bytes(proofs.most_bytes())))


def test_a_file_that_takes_all_time_or_memory_takes_only_its_own_process(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for program in (
        "while True: pass",
        "import os; os.abort()",
        "x = [0]\nwhile True: x *= 2",
        "raise SystemExit(3)",
    ):
        script = tmp_path / "reading.py"
        limits = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28))\n"
        script.write_text(limits + "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n" + program)
        with monkeypatch.context() as patched:
            patched.setattr(proof_reading, "__file__", str(script))
            patched.setattr(proofs, "SECONDS_FOR_A_FILE", 1)
            with pytest.raises(ProofRefused, match="proof-broken"):
                proofs.keep("a.jpg", io.BytesIO(picture()))
    assert proofs.keep("a.jpg", io.BytesIO(picture())).size


def test_i18_the_process_that_reads_a_file_is_handed_no_secret(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "reading.py"
    script.write_text(
        "import json, os\n"
        "secrets = [name for name in os.environ if name.startswith('LMS_TRACKER_')]\n"
        "print(json.dumps({'refused': ' '.join(secrets) or 'no secret'}))\n"
    )
    monkeypatch.setenv("LMS_TRACKER_SECRET_KEY", "hush")
    monkeypatch.setattr(proof_reading, "__file__", str(script))
    with pytest.raises(ProofRefused, match="no secret"):
        proofs.keep("a.jpg", io.BytesIO(picture()))


def test_when_too_many_files_are_looked_at_the_next_waits_and_then_is_told(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "SECONDS_FOR_A_TURN", 0.01)
    taken = [proofs._turns.acquire(), proofs._turns.acquire()]
    try:
        with pytest.raises(NotWritten):
            proofs.keep("a.jpg", io.BytesIO(picture()))
    finally:
        for _ in taken:
            proofs._turns.release()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", "proof.jpg"),
        ("...", "proof.jpg"),
        ("anh", "anh.jpg"),
        ("/etc/passwd", "passwd.jpg"),
        ("a\x00\r\nb.png", "ab.jpg"),
        ("x" * 500 + ".jpeg", "x" * 100 + ".jpg"),
        ("Giấy chứng nhận.PDF", "Giấy chứng nhận.jpg"),
    ],
)
def test_the_name_of_a_proof_is_one_line_with_the_ending_of_what_it_is(name: str, shown: str) -> None:
    assert proofs.shown_name(name, JPEG) == shown
