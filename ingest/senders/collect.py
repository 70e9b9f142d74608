"""The one loop that fetches: resumes, checks, and writes whole turns into the spool, whoever the sender is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ingest.senders.errors import ChangedMeanwhile, SenderRefused, SenderUnavailable
from ingest.senders.partial import Partial
from ingest.senders.patience import Patience
from ingest.senders.remote import Offer, RemoteFile, Sender, is_held, is_same
from ingest.spool import (
    FILES_NAME,
    PARTIAL_PREFIX,
    SpooledFile,
    Turn,
    Version,
    WithdrawnFile,
    checked_path,
    finish_turn,
    remember,
)

_TIME_FORM: Final = "%Y%m%dT%H%M%S.%f"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Errand:
    """What a fetch needs to know besides the sender: the feed, the connection's id, the spool, how patient it is."""

    feed: str
    connection: str
    spool_dir: Path
    patience: Patience = field(default_factory=Patience)
    tell: Tell = lambda _text: None


def collect(sender: Sender, errand: Errand, known: Mapping[str, Version]) -> list[Turn]:
    """Write a turn for each offer that brings something new; `known`: the newest versions that we hold, by key.

    An offer that is refused does not keep the others from being fetched; the first refusal is raised at the end.
    Raises SenderUnavailable at once: what was fetched so far is resumed by the next call. The caller holds the feed's
    fetch lock.
    """
    held = dict(known)
    turns: list[Turn] = []
    refusals: list[SenderRefused] = []
    for offer in sender.list(held, errand.patience):
        try:
            done = _take(sender, errand, offer, held)
        except SenderRefused as error:
            refusals.append(error)
            continue
        turns += done
        for turn in done:
            remember(held, turn)
    if refusals:
        raise refusals[0]
    return turns


def _take(sender: Sender, errand: Errand, offer: Offer, held: dict[str, Version]) -> list[Turn]:
    """The turns of one offer: none where it brings nothing new."""
    wanted = [file for file in offer.files if not is_held(held.get(file.memory_key), file)]
    withdrawn = [each for each in offer.withdrawn if each.key is None or each.key not in held]
    partial = Partial.open(errand.spool_dir, errand.feed)
    fetched: list[SpooledFile] = []
    for number, file in enumerate(wanted, 1):
        errand.tell(f"{file.path} ({number} of {len(wanted)})")
        fetched.append(_fetch_one(sender, errand, partial, file))
    sender.check_offer(offer, {file.path: partial.target(file.path) for file in fetched})
    news = fetched if offer.replaced else [file for file in fetched if _is_news(file, held)]
    if not news and not withdrawn and not offer.replaced:
        partial.abandon()
        return []
    partial.drop_all_but({file.path for file in news})
    partial.end_work()
    turn = Turn(
        turn_id=partial.turn_id,
        feed=errand.feed,
        connection=errand.connection,
        fetched_at=datetime.now(UTC),
        files=tuple(news),
        withdrawn=tuple(withdrawn),
    )
    before = [_withdraw_before(errand, turn, offer.replaced)] if offer.replaced else []
    if not news and not withdrawn:
        partial.abandon()
        return before
    finish_turn(errand.spool_dir, turn, partial.folder)
    return [*before, turn]


def _is_news(file: SpooledFile, held: Mapping[str, Version]) -> bool:
    """Whether fetched bytes bring anything, where marks could not tell beforehand: new bytes, or sent once more."""
    version = held.get(file.key or file.path)
    if version is None or version.sha256 != file.sha256:
        return True
    remote = RemoteFile(file.path, file.source, file.size_bytes, file.modified_at, file.etag)
    return remote.is_marked and not is_same(version, remote)


def _withdraw_before(errand: Errand, turn: Turn, replaced: Sequence[WithdrawnFile]) -> Turn:
    """A turn just before `turn`: the old files go first, so that none of them stays beside the new ones."""
    stamp, _, rest = turn.turn_id.partition("-")
    earlier = datetime.strptime(stamp, _TIME_FORM).replace(tzinfo=UTC) - timedelta(microseconds=1)
    first = turn.model_copy(
        update={"turn_id": f"{earlier:{_TIME_FORM}}-{rest}", "files": (), "withdrawn": tuple(replaced)}
    )
    folder = errand.spool_dir / errand.feed / f"{PARTIAL_PREFIX}{first.turn_id}"
    (folder / FILES_NAME).mkdir(parents=True, exist_ok=True)
    finish_turn(errand.spool_dir, first, folder)
    return first


def _fetch_one(sender: Sender, errand: Errand, partial: Partial, file: RemoteFile) -> SpooledFile:
    """One whole file in the partial turn; a download that was broken off goes on where it stopped."""
    try:
        checked_path(file.path)
    except ValueError as error:
        raise SenderRefused(f"{sender.shown}: {error}", "ask the office to rename the file") from None
    patience = errand.patience
    sha256 = partial.whole_file(file)
    failed, last_size = 0, -1
    while sha256 is None:
        part = partial.begun_part(file)
        try:
            _download(sender, file, part)
            _check(sender, file, part)
        except ChangedMeanwhile as error:
            failed += 1
            patience.wait_or_raise(failed, error)
            file = patience.run(lambda file=file: sender.look(file))  # type: ignore[misc]
            partial.restart(file)
        except SenderUnavailable as error:
            size = part.stat().st_size if part.exists() else 0
            failed, last_size = (1 if size > last_size >= 0 else failed + 1), size
            patience.wait_or_raise(failed, error)
        else:
            sha256 = partial.keep(file)
    return SpooledFile(
        path=file.path,
        source=f"{sender.shown}/{file.path}",
        size_bytes=partial.target(file.path).stat().st_size,
        modified_at=file.modified_at,
        etag=file.etag,
        sha256=sha256,
        key=file.key,
    )


def _download(sender: Sender, file: RemoteFile, part: Path) -> None:
    """Append what is missing to `part`; raises SenderUnavailable where more or less came than the sender declared."""
    offset = part.stat().st_size if part.exists() else 0
    declared = file.size_bytes
    if offset == 0 or declared is None or offset < declared:
        with sender.open(file, offset) as body, part.open("r+b" if part.exists() else "wb") as target:
            target.truncate(body.offset)
            target.seek(body.offset)
            declared = body.size_bytes if declared is None else declared
            for block in body.blocks:
                target.write(block)
                if declared is not None and target.tell() > declared:
                    break  # it grows while we read: there may be no end
    size = part.stat().st_size
    if declared is not None and size != declared:
        message = f"{file.path} of {sender.shown}: {size:,} bytes came where {declared:,} were declared"
        if size > declared or _is_changed(sender, file):
            raise ChangedMeanwhile(message)
        raise SenderUnavailable(message)


def _check(sender: Sender, file: RemoteFile, part: Path) -> None:
    """Whether the whole bytes are those of this version; broken ones are thrown away."""
    if _is_changed(sender, file):
        raise ChangedMeanwhile(f"{file.path} of {sender.shown} changed while it was read")
    try:
        sender.check(file, part)
    except SenderUnavailable:
        part.unlink()
        raise


def _is_changed(sender: Sender, file: RemoteFile) -> bool:
    return file.is_marked and not is_same(file, sender.look(file))
