"""The invented people of the demo commune, and how each provider's program identifies them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

COMMUNE = "xã Gò Quao, tỉnh An Giang"

Agent = dict[str, Any]

# Forty citizens; the first has a record with something of everything in it.
NAMES = (
    "Nguyễn Thị Hạnh", "Danh Sà Rươl", "Trần Văn Khởi", "Lê Thị Mỹ Duyên", "Thị Sóc Kha", "Phạm Hoàng Nam",
    "Huỳnh Thị Ngọc Bích", "Võ Thành Trung", "Danh Thị Chanh Đa", "Ngô Minh Triết", "Đặng Thị Út",
    "Bùi Quốc Cường", "Lý Thị Kim Phượng", "Trương Văn Đèo", "Hồ Thị Thu Hà", "Dương Chí Linh",
    "Thị Hường", "Nguyễn Hữu Phước", "Mai Thị Cẩm Tú", "Danh Hiền", "Phan Văn Tèo", "Tô Thị Lệ Quyên",
    "Châu Minh Đức", "Lâm Thị Sa Vane", "Nguyễn Văn Bảy", "Trần Thị Diễm My", "Cao Tấn Lực", "Lê Hoàng Phúc",
    "Đỗ Thị Bé Ba", "Huỳnh Nhật Duy", "Danh Út", "Võ Thị Tuyết Mai", "Kiều Văn Sang", "Nguyễn Thị Thắm",
    "Trịnh Công Thành", "Thị Mỹ Lan", "Đoàn Văn Hậu", "La Thị Bạch Tuyết", "Phùng Gia Bảo", "Quách Thị Liễu",
)  # fmt: skip

MOODLE = "https://lms.goquao.example"
LANGUAGES = "https://ngoaingu.example"
VIDEOS = "https://khuyennong.example"
# A platform that knows some of them by a number alone, as Open edX does.
MOOC = "https://mooc.example"
# The computer school whose data a reviewer should look at, and how many learners it says to have.
SCHOOL = "https://phimvang.example"
STRANGERS = 120


@dataclass(frozen=True, slots=True)
class Citizen:
    """Number from 1; each provider knows the same person by another identifier."""

    number: int
    name: str

    @property
    def login(self) -> str:
        return f"cd{self.number:02d}"

    @property
    def address(self) -> str:
        return f"{self.login}@goquao.example"

    @property
    def on_moodle(self) -> Agent:
        return self._account(MOODLE, str(1000 + self.number))

    @property
    def at_language_centre(self) -> Agent:
        return self._account(LANGUAGES, f"hv-{self.number:04d}")

    @property
    def on_video_channel(self) -> Agent:
        return {"objectType": "Agent", "name": self.name, "mbox": f"mailto:{self.address}"}

    @property
    def on_mooc(self) -> Agent:
        return self._account(MOOC, str(88_000 + self.number))

    @property
    def agents(self) -> tuple[Agent, ...]:
        return self.on_moodle, self.at_language_centre, self.on_video_channel

    def _account(self, home: str, name: str) -> Agent:
        return {"objectType": "Agent", "name": self.name, "account": {"homePage": home, "name": name}}


def citizens(count: int = len(NAMES)) -> list[Citizen]:
    return [Citizen(number, name) for number, name in enumerate(NAMES[:count], 1)]
