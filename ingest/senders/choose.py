"""From a contract and an address to the sender that the address's scheme asks for."""

from __future__ import annotations

from datetime import date

from ingest.contract import Contract
from ingest.senders.address import SenderAddress
from ingest.senders.errors import SenderRefused
from ingest.senders.remote import Sender


def sender_for(contract: Contract, address: SenderAddress, today: date) -> Sender:
    """The sender; nothing is asked yet. Raises SenderRefused where the contract does not say what to ask of it."""
    shape = contract.origin.sender
    if shape is None:
        raise SenderRefused(f"the contract of {contract.feed} names no sender", "add origin.sender to it")
    if address.scheme == "folder":
        from ingest.senders.filesystems import FolderSender  # noqa: PLC0415 - only what is used is loaded

        return FolderSender(address, shape, contract.feed)
    if address.scheme == "sftp":
        from ingest.senders.sftp import SftpSender  # noqa: PLC0415

        return SftpSender(address, shape)
    if address.scheme == "s3":
        from ingest.senders.s3 import S3Sender  # noqa: PLC0415

        return S3Sender(address, shape)
    calendar = shape.calendar or contract.origin.calendar
    if calendar.kind == "none" or not (shape.files or shape.pages):
        raise SenderRefused(
            f"HTTP lists nothing, and the contract of {contract.feed} does not say what to ask for",
            "add sender.files or sender.pages and a calendar to the contract, or take it by folder, SFTP or S3",
        )
    if shape.pages is not None:
        from ingest.senders.pages import PagesSender  # noqa: PLC0415

        return PagesSender(address, shape, shape.pages, calendar, today, contract.file.encodings)
    from ingest.senders.web import FilesSender  # noqa: PLC0415

    return FilesSender(address, shape, calendar, today)
