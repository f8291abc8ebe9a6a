"""What is recognised every year, and what the outcome may be."""

from enum import StrEnum


class Model(StrEnum):
    """The models of learning; what a subject's id means is said beside each."""

    # Công dân học tập: a person key.
    CITIZEN = "citizen"
    # Gia đình học tập: kinships.id.
    HOUSEHOLD = "household"
    # Dòng họ học tập: kinships.id.
    CLAN = "clan"
    # Cộng đồng học tập of a village or residential group (thôn, bản, tổ dân phố): places.id.
    COMMUNITY = "community"
    # Cộng đồng học tập of a commune: places.id.
    COMMUNE = "commune"
    # Đơn vị học tập: organisations.id.
    UNIT = "unit"


class Result(StrEnum):
    """What was decided about a subject."""

    ACHIEVED = "achieved"
    NOT_ACHIEVED = "not-achieved"
