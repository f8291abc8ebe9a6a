"""What a file of criteria should have been, in both languages, by a stable name of the rule."""

from collections.abc import Mapping

# name: (Vietnamese, English), with the values of the case in braces.
EXPECTED: Mapping[str, tuple[str, str]] = {
    # The file as a whole.
    "too-big": ("tệp không quá {most} byte", "a file of at most {most} bytes"),
    "utf-8": ("văn bản mã UTF-8", "text in UTF-8"),
    "json": ("JSON đúng cú pháp ({error})", "JSON that is well-formed ({error})"),
    "depth": ("không lồng nhau quá {most} cấp", "nothing nested deeper than {most} levels"),
    "more": ("sửa các lỗi trên rồi kiểm tra lại", "the above to be mended; there is more"),
    # Members.
    "member": ("trường “{name}”, đang thiếu", "the member “{name}”, which is missing"),
    "no-member": ("không có trường này; các trường: {names}", "no such member; the members: {names}"),
    "meant": ("trường “{name}”, nếu đó là ý Ông/Bà", "the member “{name}”, if that was meant"),
    "twice": ("mỗi trường một lần", "each member once"),
    "object": ("một đối tượng {{…}}", "an object {{…}}"),
    "list": ("một danh sách […]", "a list […]"),
    "entries": ("từ {least} đến {most} mục", "{least} to {most} entries"),
    # Values.
    "text": ("chữ, từ 1 đến {most} ký tự", "text of 1 to {most} characters"),
    "printable": ("chữ in được, không toàn khoảng trắng", "text that can be printed and is not blank"),
    "code": (
        "mã gồm chữ không dấu, số, dấu chấm, gạch nối, tối đa 80 ký tự",
        "a code of unmarked letters, digits, dots and hyphens, at most 80",
    ),
    "address": (
        "địa chỉ bắt đầu bằng https:// hoặc http://",
        "an address that begins with https:// or http://",
    ),
    "day-of-year": ("ngày trong mọi năm, dạng MM-DD như 12-31", "a day of every year, MM-DD, as in 12-31"),
    "number": ("số nguyên từ {least} đến {most}", "a whole number from {least} to {most}"),
    "yes-no": ("true hoặc false", "true or false"),
    "date": ("ngày dạng NĂM-THÁNG-NGÀY như 2026-01-31", "a date as in 2026-01-31, from 1900 to 2200"),
    "one-of": ("một trong: {names}", "one of: {names}"),
    "one-of-meant": (
        "một trong: {names} (ý Ông/Bà là “{name}”?)",
        "one of: {names} (did you mean “{name}”?)",
    ),
    # How things fit together.
    "unique": ("mỗi mã, mỗi số một lần", "each code or number once"),
    "known": ("một trong các mục đã khai báo: {names}", "one of those that are declared: {names}"),
    "results": (
        "hai kết quả có mã achieved và not-achieved",
        "two results with the codes achieved and not-achieved",
    ),
    "order-days": ("ngày không trước {first}", "a day not before {first}"),
    "replaces-itself": ("mã của một bộ khác", "the id of another set"),
    "managed-by": ("chỉ dùng cho mô hình unit (đơn vị)", "for the model unit alone"),
    "sum": (
        "{total}: tổng điểm tối đa của các chỉ số ({table})",
        "{total}: what the greatest points of the indicators add up to ({table})",
    ),
    "total-in-reach": ("không quá {total}, tổng điểm tối đa", "at most {total}, the greatest total"),
    "each-in-reach": (
        "không quá {most}, điểm tối đa của chỉ số {number}",
        "at most {most}, the greatest points of indicator {number}",
    ),
    "total-says-something": (
        "ít nhất {least}: {count} chỉ số, mỗi chỉ số ít nhất {each} điểm thì đã đủ {least}",
        "at least {least}: {count} indicators of at least {each} points come to {least} already",
    ),
    "milder": (
        "không quá {usual}: ngoại lệ không được chặt hơn ngưỡng chung",
        "at most {usual}: an exception is not stricter than the rule",
    ),
    "same-numbers": (
        "cùng các số thứ tự với bảng chung: {names}",
        "the same numbers as the set's own table: {names}",
    ),
    "one-rule": ("mỗi chỉ số nhiều nhất một quy tắc gợi ý", "at most one rule for each indicator"),
    "category": ("lĩnh vực đã biết ({names}) hoặc “*”", "a known category ({names}) or “*”"),
    "category-meant": (
        "lĩnh vực đã biết ({names}) hoặc “*”; ý Ông/Bà là “{name}”?",
        "a known category ({names}) or “*”; did you mean “{name}”?",
    ),
    "rising": ("lớn hơn {before}, bậc trước", "more than {before}, the step before"),
    "step-in-reach": (
        "không quá {most}, điểm tối đa nhỏ nhất của các chỉ số trong quy tắc",
        "at most {most}, the smallest greatest number of points among the indicators of the rule",
    ),
    "remark": (
        "một chỉ số có quy tắc gợi ý: {names}",
        "an indicator that a rule speaks for: {names}",
    ),
    "level-1": ("ít nhất một mục của mức độ 1", "at least one item of level 1"),
    "instead-of": (
        "mã của một mục mức độ 1, mỗi mục được thay một lần, và chỉ ở mục mức độ 2",
        "the code of an item of level 1, each replaced once, and only in an item of level 2",
    ),
    "higher": (
        "ít nhất {least}: mức độ 2 không được thấp hơn mức độ 1",
        "at least {least}: level 2 is not below level 1",
    ),
    "percent-or-count": ("đúng một trong hai: percent hoặc count", "exactly one of percent and count"),
    "percent": ("từ 1 đến 100", "1 to 100"),
    "positive": ("ít nhất 1", "at least 1"),
    "countable": (
        "điều đếm được của mô hình này: {names}",
        "what can be counted of this model: {names}",
    ),
    "recognised-as": ("{model}, vì đếm {of}", "{model}, because {of} are counted"),
    "levels-only": (
        "chỉ dùng khi bộ có mục mức độ 2",
        "only where the set has items of level 2",
    ),
    # Beside other sets.
    "code-taken": ("mã chưa dùng cho bộ nào khác", "an id that no other set has"),
    "overlap": (
        "thời gian không trùng với bộ {code} đang áp dụng ở đó ({first} đến {last}): valid_to trước ngày đầu,"
        " hoặc valid_from sau ngày cuối, hoặc replaces: “{code}”",
        "days that are not those of {code}, which holds there ({first} to {last}): valid_to before the first,"
        " or valid_from after the last, or replaces: “{code}”",
    ),
    "replaces": (
        "mã của một bộ đang áp dụng ở chính nơi đó: {names}; bộ của cấp trên không cần thay",
        "the id of a set that holds at that very place: {names}; one from above needs no replacing",
    ),
}
