"""What alerts say: what happened, what was not published because of it, and what to do; Chinese first, then English.

A text names files, rows and columns, never the value of a cell: a name or an address must not leave by mail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.contract import CONTRACTS_DIR, load_contract
from ipstat.errors import IpstatError, RefusedError

_LISTED = re.compile(r"^\s*- (?P<item>[^:,(\n]+)", re.MULTILINE)
_SENDER_ERRORS = "ingest.senders."
_LONGEST_REASON = 4000


@dataclass(frozen=True)
class AlertText:
    """The words of an alert; `items` are the stable names of what is wrong, so that the same is not told twice."""

    kind: str
    subject: str
    body: str
    items: tuple[str, ...]


def of_failure(step: str, feed: str | None, error: BaseException | str) -> AlertText:
    """The text for a step that ended with an error (or with a reason in words)."""
    if isinstance(error, RefusedError) and feed is not None:
        return _feed_refused(feed, error)
    if isinstance(error, RefusedError) and step == "gate":
        return _gate_refused(error)
    if type(error).__module__.startswith(_SENDER_ERRORS):
        return _sender_failed(feed or "?", error)
    return _step_failed(step, feed, error)


def paragraphs(happened: Sequence[str], not_published: Sequence[str], to_do: Sequence[str]) -> str:
    """The body: three headed parts."""
    parts = (("发生了什么 / What happened", happened), ("未发布 / Not published", not_published))
    shown = [f"【{title}】\n" + "\n".join(lines) for title, lines in parts if lines]
    numbered = "\n".join(f"{number}. {line}" for number, line in enumerate(to_do, 1))
    return "\n\n".join([*shown, f"【处理 / What to do】\n{numbered}"])


def feed_name(feed: str) -> tuple[str, str]:
    """The feed's Chinese and English title with its name; the name alone where it has no contract."""
    path = CONTRACTS_DIR / f"{feed}.yml"
    if not path.is_file():
        return feed, feed
    title = load_contract(path).title
    return f"{title.zh}（{feed}）", f"{title.en} ({feed})"


def _feed_refused(feed: str, error: RefusedError) -> AlertText:
    zh, en = feed_name(feed)
    items = _items(error)
    return AlertText(
        kind="feed_refused",
        subject=f"{zh}未通过检查，未发布 / feed refused, nothing published: {en}",
        body=paragraphs(
            [
                f"{zh}的文件未通过检查。/ Files of {en} did not pass the check:",
                error.message,
                *([error.mend] if error.mend else []),
            ],
            [
                "本次数据不触发构建，集市与出版物保持上一次发布的内容。",
                "No build is triggered by this feed: the marts and the publications stay as they were published last.",
            ],
            [
                f"看明细 / look: `ipstat batch list --feed {feed}`, `ipstat status`;"
                f' ipstat sql "select source_file, source_row, column_name, reason_code from ops.quarantine'
                f" where feed = '{feed}' order by quarantine_id desc limit 50\"",
                "请报送单位重报更正后的文件（同名）/ ask the sender for the mended file under the same name",
                f"重新入库 / take it in: `ipstat ingest {feed} PATH`, or trigger the DAG `ingest_{feed}`;"
                " 检查通过后本警报自动关闭 / this alert closes itself when the check passes",
            ],
        ),
        items=items,
    )


def _gate_refused(error: RefusedError) -> AlertText:
    items = _items(error)
    return AlertText(
        kind="gate_refused",
        subject=f"质量关未通过（{len(items)} 项），未发布 / the gate refuses the build, nothing published",
        body=paragraphs(
            ["构建未通过质量关。/ The build did not pass the gate:", error.message],
            [
                "集市、白皮书与排行均未更新，读者看到的仍是上一次发布的数据。",
                "Marts, white paper and rankings are not renewed: readers see what was published last.",
            ],
            [
                *([f"质量页 / {error.mend}"] if error.mend else []),
                "更正数据源的文件，或在 expectations/waivers.yml 写明理由与期限 / mend the feed's file, or write"
                " a waiver with its reason and its end",
                "`ipstat build`, `ipstat gate`, `ipstat publish marts`, or trigger the DAG `build_warehouse`;"
                " 通过后本警报自动关闭 / this alert closes itself when the gate passes",
            ],
        ),
        items=items,
    )


def _sender_failed(feed: str, error: BaseException | str) -> AlertText:
    zh, en = feed_name(feed)
    return AlertText(
        kind="sender_failed",
        subject=f"{zh}取数失败 / the sender of {en} could not be read",
        body=paragraphs(
            [f"{zh}取数失败。/ Fetching {en} failed:", f"{type(error).__name__}: {_short(error)}"],
            [
                "没有取到新文件；已发布的内容不变。/ No new file came in; what is published stays as it is.",
            ],
            [
                "请核对地址、账号与对方服务 / check the connection's address, its login and the sender's service",
                f"手工补报 / by hand: `ipstat ingest {feed} PATH`; 或重新触发 / or trigger `ingest_{feed}` again",
            ],
        ),
        items=(f"fetch:{type(error).__name__}",),
    )


def _step_failed(step: str, feed: str | None, error: BaseException | str) -> AlertText:
    where = f"{step} {feed}" if feed else step
    name = "" if isinstance(error, str) else f"{type(error).__name__}: "
    return AlertText(
        kind="step_failed",
        subject=f"任务失败 / step failed: {where}",
        body=paragraphs(
            [f"步骤 {where} 失败。/ The step {where} failed:", f"{name}{_short(error)}"],
            [
                "此步骤之后的步骤没有运行；已发布的内容不变。",
                "The steps after it did not run; what is published stays as it is.",
            ],
            [
                "看状态与日志 / look: `ipstat status`, logs/ipstat.jsonl in the home, the task's log in Airflow",
                f"原因消除后再运行 / when the cause is mended, run `ipstat {_command(step, feed)}` or clear the task;"
                " 一切步骤都可重复运行 / every step may be run again",
            ],
        ),
        items=(f"{step}:{type(error).__name__}",),
    )


def _command(step: str, feed: str | None) -> str:
    """What a person types for a step."""
    if feed is not None:
        return f"ingest {feed} PATH"
    known = {"publish_marts": "publish marts", "publish_annual": "publish white-paper", "check_freshness": "freshness"}
    return known.get(step, step)


def _items(error: IpstatError) -> tuple[str, ...]:
    """What the error lists, a line each: the name of the file or of the check."""
    found = (match["item"].strip() for match in _LISTED.finditer(error.message))
    return tuple(dict.fromkeys(found)) or (error.message.split("\n", 1)[0],)


def _short(error: BaseException | str) -> str:
    text = str(error).strip() or "no reason was given"
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"
