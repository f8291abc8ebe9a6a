"""The words of DESIGN's glossary, as data: what stands for what, and what is never said."""

import re

# Where the English text has the pattern, the Vietnamese text must have the words.
SAID = {
    r"credited\b": r"ghi nhận",
    r"\bevidence\b": r"minh chứng",
    r"recogni": r"công nhận",
    r"\bdeclared\b": r"tự kê khai",
    r"\breview": r"thẩm định|xem xét",
    r"\bdispute\b": r"đề nghị xem xét lại",
    r"\bcheck-in\b": r"điểm danh",
    r"\bevents?\b": r"hoạt động",
    r"\battendances?\b": r"lượt người",
}
# Where the Vietnamese text has the words, the English text must have the pattern.
MEANT = {
    r"công nhận": r"recogni",
    r"minh chứng": r"evidence",
    r"ghi nhận": r"credit",
    r"hoạt động": r"\bevents?\b",
    r"điểm danh": r"check-in",
    r"Ông/Bà": r"\b(you|your|please|use)\b",
}
FORBIDDEN = {
    r"[Kk]hiếu nại": "a legal term; say đề nghị xem xét lại",
    r"(?<!\w)([Bb]ạn|[Aa]nh/[Cc]hị|[Qq]uý khách|[Qq]uý vị)(?!\w)": "people are addressed as Ông/Bà",
    r"(?<!\w)([Hh]uyện|[Qq]uận)(?!\w)": "there are no districts any more",
    r"\d,\d+ giờ": "time is hours and minutes",
    r"[Bb]ằng chứng": "evidence is minh chứng",
    r"[Cc]heck-in": "say điểm danh",
    r"[Kk]hông đạt": "say Chưa đạt",
    r"(?<!\w)ông bà(?!\w)|Ông bà|ông/bà": "written Ông/Bà",
}


def wrong_words(vietnamese: str, english: str) -> list[str]:
    """What the glossary objects to in a pair of texts."""
    found = [f"{vietnamese!r}: {why}" for pattern, why in FORBIDDEN.items() if re.search(pattern, vietnamese)]
    for pattern, words in SAID.items():
        if re.search(pattern, english, re.IGNORECASE) and not re.search(words, vietnamese, re.IGNORECASE):
            found.append(f"{english!r} is {words} in Vietnamese, got {vietnamese!r}")
    for words, pattern in MEANT.items():
        if re.search(words, vietnamese, re.IGNORECASE) and not re.search(pattern, english, re.IGNORECASE):
            found.append(f"{vietnamese!r} speaks of {pattern}, got {english!r}")
    return found
