"""Legal events of patents: from the gazette's words to codes and effective dates.

The code list is the union of the CNIPA list and the INPADOC CN list; what each code does to a right is the seed
`legal_event_codes`. A wording that no rule knows is never guessed: its row goes to quarantine.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

#: (type of the event data, first line of the text, code): patterns for the whole of both, first match wins.
RULES: Final[tuple[tuple[str, str, str], ...]] = (
    (r"授权", r"授权|.*专利权授予", "GR01"),
    (r"专利权的终止", r"未缴年费专利权终止", "CF01"),
    (r"专利权的终止|专利权有效期届满", r"专利权有效期届满", "CX01"),
    (r"专利申请权、专利权的转移|专利权的转移", r"专利权的转移", "TR01"),
    (r"专利申请权、专利权的转移|专利申请权的转移", r"专利申请权的转移", "TA01"),
    (r"专利权人的姓名或者名称.*的变更", r"专利权人的姓名或者名称、地址的变更", "CP03"),
    (r"专利权人的姓名或者名称.*的变更", r"专利权人的姓名或者名称的变更", "CP01"),
    (r"专利权人的.*地址的变更", r"专利权人的地址的变更", "CP02"),
    (r"专利权的保全及其解除|专利权的保全", r"专利权的保全", "PP01"),
    (r"专利权的保全及其解除|专利权保全的解除", r"专利权保全的解除", "PD01"),
    (r"文件的公告送达", r"文件的公告送达", "DD01"),
    (r"专利权的(?:主动)?放弃", r"专利权的主动放弃", "AV01"),
    (r"专利权的(?:视为)?放弃", r"专利权的视为放弃", "AD01"),
    (r"避免重复授(?:予专利权|权放弃专利权)|专利权的放弃", r"避免重复授(?:予专利权|权放弃专利权)", "AR01"),
    (r"专利权的(?:无效宣告|无效、部分无效宣告|全部无效)", r"专利权的?全部无效", "IW01"),
    (r"专利权的(?:无效宣告|无效、部分无效宣告|部分无效)", r"专利权的?部分无效|无效公告\(部分无效\)", "IP01"),
    (r"(?:权利|专利权)的恢复", r"(?:权利|专利权)的恢复", "RR01"),
    (r"专利权质押(?:合同)?登记的.*", r"专利权质押(?:合同)?登记的生效", "PE01"),
    (r"专利权质押(?:合同)?登记的.*", r"专利权质押(?:合同)?登记的变更", "PM01"),
    (r"专利权质押(?:合同)?登记的.*", r"专利权质押(?:合同)?登记的注销", "PC01"),
    (r"专利实施许可合同备案的.*", r"专利实施许可合同备案的生效", "EE01"),
    (r"专利实施许可合同备案的.*", r"专利实施许可合同备案的变更", "EM01"),
    (r"专利实施许可合同备案的.*", r"专利实施许可合同备案的注销", "EC01"),
    # The wording of the two compensations is that of the code lists; no announcement of one was at hand.
    (r"专利权期限的?补偿", r"专利权期限的?补偿", "TG01"),
    (r"药品专利权期限的?补偿", r"药品专利权期限的?补偿", "TP01"),
    (r"著录事项变更", r"著录事项变更", "CB03"),
    (r"外观设计专利公报更正", r"外观设计专利公报更正", "CD02"),
    (r"公开|公布|发明专利申请公布", r"公开|公布|发明专利申请公布", "PB01"),
    (r"实质审查的生效", r"实质审查的生效", "SE01"),
    (r"发明专利申请公布后的驳回", r"发明专利申请公布后的驳回", "RJ01"),
    (r"发明专利申请公布后的视为撤回", r"发明专利申请公布后的视为撤回", "WD01"),
    (r"发明专利申请公布后的撤回", r"发明专利申请公布后的撤回", "WW01"),
)
#: The label of the day on which an event takes effect, by code; events without one take effect when announced.
EFFECTIVE_LABELS: Final[dict[str, str]] = {
    **dict.fromkeys(("CF01", "CX01"), "终止日期"),
    **dict.fromkeys(("TR01", "TA01", "PE01", "PP01"), "登记生效日"),
    **dict.fromkeys(("PC01", "EC01", "PD01"), "解除日|注销日"),
    **dict.fromkeys(("PM01", "EM01"), "变更日"),
    **dict.fromkeys(("AV01", "AD01", "AR01"), "放弃生效日"),
    **dict.fromkeys(("IW01", "IP01"), "无效宣告决定日"),
    **dict.fromkeys(("TG01", "TP01"), "补偿后(?:的)?(?:期限)?届满日|期限届满日"),
    "RR01": "恢复日期?",
    "EE01": "合同备案日期?|备案日期?",
}
UNKNOWN: Final = "unknown: "


def event_code(type_name: str, title: str) -> str:
    """The code of an event by its type and the first line of its text; `unknown: ...` where no rule knows them."""
    for type_pattern, title_pattern, code in RULES:
        if re.fullmatch(type_pattern, type_name) and re.fullmatch(title_pattern, title):
            return code
    return f"{UNKNOWN}{type_name} / {title}"


def legal_event(frame: pl.DataFrame, event_type_name: str, detail: str, event_date: str) -> pl.DataFrame:
    """Add `event_code` (null where the row has no event) and `effective_date` to a frame of typed event rows."""
    title = pl.col(detail).str.extract(r"^\s*([^\n]*)", 1).str.replace_all(r"\s", "")
    kinds = frame.select(pl.struct(type=pl.col(event_type_name), title=title).alias("kind"))["kind"]
    codes = {
        (type_name, first_line): event_code(type_name, first_line or "")
        for type_name, first_line in kinds.unique().struct.unnest().iter_rows()
        if type_name is not None
    }
    code = pl.Series("event_code", [codes.get((k["type"], k["title"])) for k in kinds], dtype=pl.String)
    coded = frame.with_columns(code)
    effective = pl.lit(None, dtype=pl.Date)
    for label in sorted(set(EFFECTIVE_LABELS.values())):
        with_label = [code for code, each in EFFECTIVE_LABELS.items() if each == label]
        stated = _stated_day(pl.col(detail), label)
        effective = pl.when(pl.col("event_code").is_in(with_label)).then(stated).otherwise(effective)
    return coded.with_columns(pl.coalesce(effective, pl.col(event_date)).alias("effective_date"))


def _stated_day(detail: pl.Expr, label: str) -> pl.Expr:
    text = detail.str.extract(rf"(?:^|\n)(?:{label})[:：]\s*(\d{{4}}[.年/-]?\d{{1,2}}[.月/-]?\d{{1,2}})", 1)
    compact = pl.when(text.str.len_bytes() == 8).then(text).str.to_date("%Y%m%d", strict=False)
    separated = text.str.replace_all(r"[.年/月]", "-").str.to_date("%Y-%m-%d", strict=False)
    return pl.coalesce(compact, separated)
