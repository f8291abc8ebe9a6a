"""What kinds of learning there are, as data: which domains and levels each kind has.

Digital skills follow TT 02/2025/TT-BGDĐT: 6 domains, 24 components, 8 levels. Foreign languages follow the
6-level framework of TT 01/2014/TT-BGDĐT (1 = A1 ... 6 = C2); the domain names the language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """`domain` is a pattern the whole domain must match, `domain_words` says it in English; `levels` is the
    greatest level, None for free text. Domain and level may always be left empty."""

    code: str
    domain: re.Pattern[str]
    domain_words: str
    levels: int | None

    def takes_domain(self, text: str) -> bool:
        return not text or self.domain.fullmatch(text) is not None

    def takes_level(self, text: str) -> bool:
        if not text or self.levels is None:
            return True
        return text.isascii() and text.isdigit() and len(text) == 1 and 1 <= int(text) <= self.levels


# How many components each digital-skills domain has (24 in all).
DIGITAL_COMPONENTS = {1: 3, 2: 6, 3: 4, 4: 4, 5: 4, 6: 3}

_DIGITAL = "|".join(rf"{domain}(\.[1-{count}])?" for domain, count in DIGITAL_COMPONENTS.items())
_ANYTHING = re.compile(r".{1,100}")

CATEGORIES: Mapping[str, Category] = {
    category.code: category
    for category in (
        Category("digital-skills", re.compile(_DIGITAL), "a domain 1 to 6 or a component 1.1 to 6.3", 8),
        Category("foreign-language", re.compile(r"[a-z]{2,3}"), 'a language code such as "en" or "ko"', 6),
        Category("law", _ANYTHING, "at most 100 characters", None),
        Category("agriculture", _ANYTHING, "at most 100 characters", None),
        Category("other", _ANYTHING, "at most 100 characters", None),
    )
}
