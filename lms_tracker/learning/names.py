"""Vietnamese names: how they are compared, found and put in order, whichever way they were typed.

The same name comes composed or decomposed, in either style of tone marks (Hòa, Hoà), with one apostrophe or
another and with double spaces. Marks tell names apart (Cẩm Giang is not Cẩm Giàng), yet many type none.
"""

import re
import unicodedata
from collections.abc import Iterator

# The order of dictionaries; f, j, w and z stand where they stand in the Latin alphabet.
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Combining marks of the tones in the order of dictionaries, after the level tone, which has none:
# huyền, hỏi, ngã, sắc, nặng.
TONES = "\u0300\u0309\u0303\u0301\u0323"
VOWELS = frozenset("aăâeêioôơuưy")
SHAPED_VOWELS = frozenset("ăâêôơư")
# Joined to their letters: Ia H'Drai is one word whichever of them is typed.
APOSTROPHES = frozenset("'`´ʹʻʼˈ‘’‛′＇")
DASHES = frozenset("-‐‑‒–—−")
# A sort key is no longer than this, so that it fits into an index whatever the name is.
KEY_LENGTH = 600
# More digits than any number in a name has.
NUMBER_LENGTH = 99

# In a sort key: what follows a syllable is "01" for the level tone to "06"; "00" parts the parts of a
# person's name; a number is "07", the count of its digits and these; letters are "10" to "42".
_PART, _NUMBER, _FOREIGN = "00", "07", "90"

_WORD = re.compile(r"[^\W\d_]+")

# A letter as the alphabet has it, and the number of its tone.
Letter = tuple[str, int]


def _letter(character: str) -> Letter | None:
    """What a composed lower-case character is: None for what is no letter of the alphabet."""
    marks = unicodedata.normalize("NFD", character)
    shaped = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
    tone = max((TONES.find(mark) + 1 for mark in marks), default=0)
    if shaped not in ALPHABET or not shaped:
        shaped, tone = marks[0], tone if marks[0] in VOWELS else 0
    return (shaped, tone) if shaped in ALPHABET else None


class _Folding(dict[int, str]):
    """For `str.translate`. What is not prepared is folded anew: a hostile text must not fill memory."""

    def __missing__(self, code: int) -> str:
        return _folded_character(chr(code))


def _folded_character(character: str) -> str:
    if character in APOSTROPHES:
        return ""
    if character in DASHES or character.isspace():
        return " "
    kept = []
    for part in unicodedata.normalize("NFD", character):
        category = unicodedata.category(part)
        if category not in ("Mn", "Cc", "Cf", "Cs"):
            kept.append("d" if part == "đ" else part)
    return "".join(kept)


_LATIN = [*range(0x20, 0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00), *range(0x2000, 0x2070)]
_FOLDING = _Folding({code: _folded_character(chr(code)) for code in _LATIN})
_LETTERS = {chr(code): _letter(chr(code)) for code in _LATIN}
_CODES = {letter: f"{number:02}" for number, letter in enumerate(ALPHABET, start=10)}


def folded(text: str) -> str:
    """What a loose search compares: lower case, without marks, apostrophes and needless spaces, đ as d."""
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower().translate(_FOLDING))
    return " ".join(lower.split())


def spelled(text: str) -> str:
    """What a search with marks compares: lower case, composed, in the older style of tone marks (hòa, thủy).

    It equals `folded` exactly when the text has no marks that tell names apart.
    """
    composed = _composed(text)
    if composed.isascii():
        return composed
    return unicodedata.normalize("NFC", _WORD.sub(lambda word: _toned(word.group()), composed))


def composed(text: str) -> str:
    """A text as it is kept: every letter one with its marks."""
    return unicodedata.normalize("NFC", text)


def has_marks(text: str) -> bool:
    """Whether a text was typed with marks, so that names which differ in marks alone are others."""
    return spelled(text) != folded(text)


def _composed(text: str) -> str:
    """NFC, lower case, without apostrophes and what cannot be seen; dashes are spaces; spaces squeezed."""
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    kept = "".join(_visible(character) for character in lower)
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def _visible(character: str) -> str:
    if character in APOSTROPHES:
        return ""
    if character in DASHES or character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character


def _toned(word: str) -> str:
    """A syllable with its tone mark where the older style puts it; any other word as it is."""
    letters = [_known(character) for character in word]
    if None in letters:
        return word
    shapes = [letter[0] for letter in letters if letter is not None]
    tones = [letter[1] for letter in letters if letter is not None and letter[1]]
    if len(tones) != 1:
        return word
    place = _tone_place(shapes)
    if place is None:
        return word
    shapes[place] = unicodedata.normalize("NFC", shapes[place] + TONES[tones[0] - 1])
    return "".join(shapes)


def _tone_place(shapes: list[str]) -> int | None:
    """Which letter of a syllable carries the tone in the older style; None for what is no syllable."""
    start = next((at for at, shape in enumerate(shapes) if shape in VOWELS), None)
    if start is None:
        return None
    end = next((at for at in range(start, len(shapes)) if shapes[at] not in VOWELS), len(shapes))
    if any(shape in VOWELS for shape in shapes[end:]):
        return None
    # The u of "qu" and the i of "gi" belong to the consonant where another vowel follows.
    if start and end - start > 1 and shapes[start - 1] + shapes[start] in ("qu", "gi"):
        start += 1
    shaped = [at for at in range(start, end) if shapes[at] in SHAPED_VOWELS]
    if shaped:
        return shaped[-1]
    vowels = end - start
    if vowels == 2:
        return start + 1 if end < len(shapes) else start
    return start + 1 if vowels == 3 else start if vowels == 1 else None


def _known(character: str) -> Letter | None:
    if character in _LETTERS:
        return _LETTERS[character]
    return _letter(character)


def sort_key(text: str) -> str:
    """Where a name stands in Vietnamese order: a text of digits, which every collation orders alike.

    Syllable by syllable, first by letters, then by tone; numbers by value before letters, other scripts last.
    Punctuation and case do not count.
    """
    return _key(text)[:KEY_LENGTH]


def person_sort_key(full_name: str) -> str:
    """Where a person stands in a list: by given name (the last word), then middle names, then family name.

    What stands in parentheses at the end, which tells people of one name apart, comes last.
    """
    bare, aside = _without_aside(full_name)
    words = bare.split()
    given, family = words[-1:], words[:1] if len(words) > 1 else []
    parts = (given, words[1:-1], family, [aside] if aside else [])
    return _PART.join(_key(" ".join(part)) for part in parts)[:KEY_LENGTH]


def _without_aside(full_name: str) -> tuple[str, str]:
    stripped = full_name.strip()
    start = stripped.rfind("(")
    if start > 0 and stripped.endswith(")"):
        return stripped[:start], stripped[start + 1 : -1]
    return stripped, ""


def _key(text: str) -> str:
    key, length = [], 0
    for piece in _pieces(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())):
        key.append(piece)
        length += len(piece)
        if length >= KEY_LENGTH:
            break
    return "".join(key)


def _pieces(text: str) -> Iterator[str]:
    tone, within, digits = 0, False, ""
    for character in text:
        if character.isdecimal():
            if within:
                yield f"0{tone + 1}"
                tone, within = 0, False
            digits = (digits + str(unicodedata.decimal(character))).lstrip("0")[:NUMBER_LENGTH] or "0"
            continue
        if digits:
            yield _number(digits)
            digits = ""
        letter = _known(character)
        if letter is not None:
            yield _CODES[letter[0]]
            tone, within = max(tone, letter[1]), True
        elif character.isalpha():
            yield f"{_FOREIGN}{ord(character):07}"
            within = True
        elif within and not _joins(character):
            yield f"0{tone + 1}"
            tone, within = 0, False
    if digits:
        yield _number(digits)
    if within:
        yield f"0{tone + 1}"


def _joins(character: str) -> bool:
    """Whether a word goes on after this: an apostrophe, a mark, something that cannot be seen."""
    return character in APOSTROPHES or unicodedata.category(character) in ("Mn", "Cf")


def _number(digits: str) -> str:
    return f"{_NUMBER}{len(digits):02}{digits}"
