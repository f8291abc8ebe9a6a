"""What people read of rounds: models, states, steps, and for each rule that is broken what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions.recognition.appeals import ANSWER_DAYS, ASK_DAYS
from lms_tracker.learning.criteria import Checklist, PointsSet
from lms_tracker.learning.places import called
from lms_tracker.learning.recognition.grids import MOST_NOTE, Column, unpacked
from lms_tracker.web.case_words import PROOFS
from lms_tracker.web.languages import language

MODELS = {
    "citizen": _l("Công dân học tập"),
    "household": _l("Gia đình học tập"),
    "clan": _l("Dòng họ học tập"),
    "community": _l("Cộng đồng học tập (thôn, ấp, tổ dân phố)"),
    "commune": _l("Cộng đồng học tập cấp xã"),
    "unit": _l("Đơn vị học tập"),
}
STATES = {
    "open": _l("Đang đăng ký và chấm điểm"),
    "listed": _l("Đã chốt danh sách đề nghị"),
    "submitted": _l("Đã trình"),
    "decided": _l("Đã có quyết định"),
    "cancelled": _l("Đã hủy"),
}
ROW_STATES = {
    "registered": _l("Đã đăng ký"),
    "scored": _l("Đã tự chấm"),
    "reviewed": _l("Đã thẩm định"),
    "withdrawn": _l("Đã rút"),
}
CAME_BY = {
    "self": _l("tự đăng ký"),
    "paper": _l("cán bộ đăng ký"),
    "proposed": _l("do hội đồng đề nghị"),
}
RESULTS = {"achieved": _l("Đạt"), "not-achieved": _l("Chưa đạt"), "": _l("Chưa có kết quả")}
KINDS = {
    "recognition": _l("Quyết định công nhận"),
    "revocation": _l("Quyết định thu hồi"),
    "appeal": _l("Quyết định sau khi xem xét lại"),
    "award": _l("Quyết định khen thưởng"),
}
PRESENCE = {
    "here": _l("Đang ở đây"),
    "left-since": _l("Đã chuyển đi sau ngày tính, vẫn được xét"),
    "died-since": _l("Đã qua đời sau ngày tính, vẫn được xét"),
    "gone": _l("Đã chuyển đi trước ngày tính"),
    "never": _l("Chưa từng thuộc nơi này"),
    "died": _l("Đã qua đời trong năm, trước ngày tính"),
}
LEFT_OUT = {
    **{name: PRESENCE[name] for name in ("gone", "never", "died")},
    "twice": _l("Cùng một người với một dòng khác của đợt xét"),
    "title": _l("Đã được công nhận trong năm này"),
    "other-person": _l("Liên quan đến chính Ông/Bà: người khác phải quyết định"),
    "decided": _l("Đã có quyết định"),
}
APPEALS = {
    "waiting": _l("Đang được xem xét"),
    "upheld": _l("Đề nghị được chấp nhận"),
    "dismissed": _l("Giữ nguyên như cũ"),
    "withdrawn": _l("Người gửi đã rút lại"),
}
FINDINGS = {"right": _l("Đúng"), "wrong": _l("Không đúng"), "unclear": _l("Chưa rõ"), "": _l("Chưa xem")}
INSPECTIONS = {"open": _l("Đang thẩm định"), "returned": _l("Đã trả về cho cơ sở")}
STEPS = {
    "opened": _l("Mở đợt xét"),
    "registered": _l("Cán bộ đăng ký nhiều người"),
    "listed": _l("Chốt danh sách đề nghị"),
    "minutes": _l("Ghi biên bản"),
    "submitted": _l("Gửi tờ trình"),
    "decided": _l("Ban hành quyết định"),
    "decided-more": _l("Ban hành quyết định bổ sung"),
    "back-open": _l("Mở lại để chấm điểm"),
    "back-listed": _l("Rút tờ trình về"),
    "cancelled": _l("Hủy đợt xét"),
    "registered-again": _l("Đăng ký lại"),
    "withdrawn": _l("Rút khỏi đợt xét"),
    "regrouped": _l("Đổi nhóm đối tượng"),
    "in-other-round": _l("Ông/Bà đã có tên trong một đợt xét khác của năm này ở đây, chưa quyết định."),
    "self-scored": _l("Tự chấm điểm"),
    "paper-scored": _l("Nhập điểm tự chấm từ phiếu giấy"),
    "reviewed": _l("Thẩm định điểm"),
    "proposed-achieved": _l("Đề nghị: Đạt, khác với ngưỡng"),
    "proposed-not-achieved": _l("Đề nghị: Chưa đạt, khác với ngưỡng"),
    "revoked": _l("Thu hồi danh hiệu"),
    "appealed": _l("Gửi đề nghị xem xét lại"),
    "appeal-withdrawn": _l("Rút đề nghị xem xét lại"),
    "appeal-dismissed": _l("Giữ nguyên như cũ"),
    "appeal-upheld": _l("Chấp nhận đề nghị xem xét lại"),
    "drawn": _l("Chọn mẫu"),
    "looked-at": _l("Ghi kết quả thẩm định"),
    "returned": _l("Trả kết quả về cho cơ sở"),
    "answered": _l("Cơ sở trả lời"),
}
# Steps whose note is points.
SCORED = frozenset({"self-scored", "paper-scored", "reviewed"})
PROBLEMS = {
    **PROOFS,
    "changed": _l("Người khác vừa thay đổi đợt xét hoặc dòng này. Mời Ông/Bà xem lại rồi làm lại."),
    "state": _l("Không làm được việc này ở bước hiện tại của đợt xét."),
    "form": _l("Biểu mẫu này đã cũ; mời Ông/Bà tải lại trang rồi điền lại."),
    "model": _l("Mời Ông/Bà chọn một mô hình."),
    "year": _l("Mời Ông/Bà ghi năm, không muộn hơn năm sau."),
    "place-model": _l("Mô hình này không xét ở nơi đã chọn."),
    "place": _l("Mời Ông/Bà chọn nơi mở đợt xét."),
    "no-set": _l("Chưa có bộ tiêu chí nào của mô hình này cho năm đó."),
    "day": _l("Mời Ông/Bà ghi ngày có trong lịch."),
    "days-order": _l("Ngày cuối không được trước ngày đầu."),
    "days-many": _l("Thời gian đăng ký dài hơn mức cho phép."),
    "days-year": _l("Đăng ký phải bắt đầu trong năm xét hoặc hai năm tiếp theo."),
    "round-there": _l("Đã có đợt xét đang mở cho đúng những ngày và vùng này, với tên khác."),
    "title-long": _l("Tên dài hơn mức cho phép."),
    "area": _l("Bộ tiêu chí không có ngưỡng riêng cho vùng này."),
    "rounds-many": _l("Năm này đã có quá nhiều đợt xét ở đây."),
    "reason": _l("Mời Ông/Bà ghi lý do."),
    "reason-long": _l("Lý do dài hơn mức cho phép; mời Ông/Bà viết ngắn hơn."),
    "population": _l("Mời Ông/Bà chọn một nhóm có trong bộ tiêu chí."),
    "withdrawn": _l("Người này đã rút khỏi đợt xét."),
    "not-open": _l("Ngoài thời gian đăng ký và tự chấm điểm."),
    "rows-many": _l("Quá nhiều dòng trong một lần gửi."),
    "own": _l("Đây là dòng của chính Ông/Bà nên người khác phải làm."),
    "own-entry": _l("Ông/Bà đã nhập điểm tự chấm của dòng này nên người khác phải thẩm định."),
    "self-scored": _l("Người này đã tự chấm trên hệ thống."),
    "reviewed": _l("Dòng này đã được thẩm định."),
    "gone": _l("Dòng này không còn trong đợt xét."),
    "number": _l("Điểm phải là số nguyên."),
    "most": _l("Điểm cao hơn điểm tối đa."),
    "tick": _l("Ghi 1 nếu đạt, 0 nếu chưa đạt."),
    "note": _l("Điểm khác với điểm tự chấm, với minh chứng hoặc với ngưỡng: mời Ông/Bà ghi lý do."),
    "long": _l("Nội dung dài hơn mức cho phép (%(most)s ký tự với ghi chú).", most=MOST_NOTE),
    "unassessed": _l("Còn chỉ số chưa chấm nên chưa đề nghị được."),
    "result": _l("Mời Ông/Bà chọn Đạt hoặc Chưa đạt."),
    "words": _l("Mời Ông/Bà viết rõ hơn."),
    "words-long": _l("Nội dung dài hơn mức cho phép; mời Ông/Bà viết ngắn hơn."),
    "proof-none": _l("Mời Ông/Bà viết vài lời hoặc chọn một tệp."),
    "item": _l("Mời Ông/Bà chọn một chỉ số."),
    "list-empty": _l("Chưa có ai được thẩm định nên chưa chốt được danh sách."),
    "day-minutes": _l("Ngày họp phải từ khi mở đợt xét đến hôm nay."),
    "votes": _l("Số phiếu phải là số nguyên không âm."),
    "votes-few": _l("Số phiếu đồng ý phải nhiều hơn số phiếu không đồng ý."),
    "required": _l("Mời Ông/Bà điền mục này."),
    "minutes-none": _l("Mời Ông/Bà ghi biên bản trước khi trình."),
    "day-submission": _l("Ngày tờ trình phải từ ngày họp đến hôm nay."),
    "day-future": _l("Ngày quyết định chưa tới."),
    "day-before-round": _l("Ngày quyết định trước ngày mở đợt xét."),
    "day-before-submission": _l("Ngày quyết định trước ngày tờ trình, hoặc trước quyết định đã ban hành."),
    "number-taken": _l("Số quyết định này đã dùng trong năm ở đây."),
    "authority-none": _l("Chưa khai báo ai quyết định vào ngày này; mời Ông/Bà ghi cơ quan ban hành."),
    "nobody": _l("Không có ai trong danh sách mà Ông/Bà được quyết định."),
    "chosen": _l("Mời Ông/Bà chọn ít nhất một người trong quyết định này."),
    "nobody-chosen": _l("Mời Ông/Bà chọn ít nhất một dòng."),
    "revoked": _l("Danh hiệu này đã bị thu hồi hoặc chưa từng đạt."),
    "title": _l("Người này đã được công nhận trong năm."),
    "appeal-none": _l("Kết quả này không cần xem xét lại."),
    "appeal-late": _l("Đã quá %(days)s ngày kể từ ngày quyết định.", days=ASK_DAYS),
    "appeal-answered": _l("Đề nghị xem xét lại kết quả này đã được trả lời."),
    "answered": _l("Đề nghị này đã được trả lời hoặc rút lại."),
    "own-decision": _l("Ông/Bà đã quyết định, thẩm định hoặc nhập điểm nên người khác phải trả lời."),
    "answer": _l("Mời Ông/Bà chọn một cách trả lời."),
    "seed": _l("Mời Ông/Bà ghi một chữ hoặc số làm mầm, ví dụ 2026-01."),
    "size": _l("Số mẫu từ 1 đến 500."),
    "sample-none": _l("Nơi và năm này chưa có ai được công nhận."),
    "findings-missing": _l("Mời Ông/Bà ghi kết quả cho mọi dòng trước khi trả về."),
    "finding": _l("Mời Ông/Bà chọn một kết quả cho mỗi dòng."),
    "own-finding": _l("Ông/Bà có liên quan đến dòng này nên người khác của cấp trên phải xem."),
    "finding-note": _l("Mời Ông/Bà ghi vì sao không đúng hoặc chưa rõ."),
    "sheet": _l("Không đọc được tệp này. Mời Ông/Bà gửi tệp XLSX hoặc CSV đã tải từ trang này."),
    "sheet-columns": _l("Tệp thiếu cột mã dòng hoặc cột chỉ số. Mời Ông/Bà dùng tệp đã tải từ trang này."),
    "sheet-code": _l("Mã dòng không thuộc đợt xét này."),
    "sheet-twice": _l("Mã dòng này có hai lần trong tệp."),
}
APPEAL_DAYS = {"ask": ASK_DAYS, "answer": ANSWER_DAYS}


def model_name(model: str) -> str:
    return str(MODELS[model])


def round_state(state: str) -> str:
    return str(STATES[state])


def row_state(state: str) -> str:
    return str(ROW_STATES[state])


def came_by(how: str) -> str:
    return str(CAME_BY[how])


def result_name(result: str) -> str:
    return str(RESULTS[result])


def decision_kind(kind: str) -> str:
    return str(KINDS[kind])


def presence(name: str) -> str:
    return str(PRESENCE[name])


def left_out(name: str) -> str:
    return str(LEFT_OUT[name])


def appeal_state(state: str) -> str:
    return str(APPEALS[state])


def finding(name: str) -> str:
    return str(FINDINGS[name])


def inspection_state(state: str) -> str:
    return str(INSPECTIONS[state])


def round_step(what: str) -> str:
    return str(STEPS[what])


def step_note(step: Any) -> str:
    """What a step says besides: of points their sum."""
    what, note = step.what, step.note
    if what not in SCORED:
        return str(note)
    return str(_("%(points)s điểm", points=sum(unpacked(note).values()))) if note else ""


def round_problem(rule: str) -> str:
    """What to do about a rule that was broken."""
    return str(PROBLEMS[rule])


def whose_name(whose: Any) -> str:
    """The place or organisation of a round: "Xã Gò Quao"."""
    if whose.organisation is not None:
        return str(whose.organisation.name)
    text = called(whose.place.kind, whose.place.name)
    return text[:1].upper() + text[1:]


def round_title(found: Any) -> str:
    """The title of a round, or one made of its model, number and year."""
    if found.title:
        return str(found.title)
    model, number, year = found.model, found.number, found.year
    if number == 1:
        return str(_("%(model)s năm %(year)s", model=MODELS[model], year=year))
    return str(_("%(model)s năm %(year)s, đợt %(number)s", model=MODELS[model], year=year, number=number))


AREAS = {
    "difficult": _l("Vùng đặc biệt khó khăn"),
    "remote": _l("Vùng sâu, vùng xa"),
    "ethnic-minority": _l("Vùng đồng bào dân tộc thiểu số"),
    "border": _l("Vùng biên giới"),
    "island": _l("Hải đảo"),
}


def area_name(area: str) -> str:
    return str(AREAS[area])


def points_told(points: Mapping[str, int], columns: Sequence[Column]) -> str:
    """Points in the order of the columns, a dash for what was not assessed."""
    return ", ".join(str(points.get(column.code, "–")) for column in columns)


def column_title(code: str, criteria: PointsSet | Checklist, population: str = "") -> str:
    """What an indicator or item is called."""
    wording = None
    if isinstance(criteria, PointsSet):
        wording = next((one.title for one in criteria.table(population) if str(one.number) == code), None)
    else:
        wording = next((one.title for one in criteria.items if one.code == code), None)
    if wording is None:
        return code
    return wording.en if language() == "en" else wording.vi


def set_up(app: Flask) -> None:
    for filter_ in (
        model_name,
        round_state,
        row_state,
        came_by,
        result_name,
        decision_kind,
        presence,
        left_out,
        appeal_state,
        finding,
        inspection_state,
        round_step,
        step_note,
        round_problem,
        whose_name,
        round_title,
        column_title,
        area_name,
        points_told,
    ):
        app.add_template_filter(filter_, filter_.__name__)
