"""The parent of the process that parses workbooks: one child for many files, as starting one costs more than a file.

The child is replaced after it died or was stopped, and after some files, so that nothing piles up in it. It ends when
this process does (its input closes).
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, Final

from ingest.readers import FileRefused

FILES_PER_CHILD: Final = 500
_CHILD: Final = Path(__file__).with_name("xlsx_child.py")
_MEND: Final = "open it in a spreadsheet program, save it as .xlsx and deliver that"


class Worker:
    """A child process that answers one request at a time; safe to share between threads."""

    def __init__(self, megabytes: int, seconds: float, script: Path = _CHILD) -> None:
        """Limits of the child: address space in megabytes, and seconds for one workbook. Nothing is started yet."""
        self._command = [sys.executable, "-I", str(script), str(megabytes)]
        self._seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._answered = 0

    def parse(self, path: Path) -> list[Any]:
        """The child's answer for a workbook, line by line; raises FileRefused for what it refuses or dies of."""
        with self._lock:
            process = self._running()
            timer = threading.Timer(self._seconds, process.kill)
            timer.start()
            try:
                answer = _ask(process, path)
                is_stopped = timer.finished.is_set()
            finally:
                timer.cancel()
            self._answered += 1
            if answer is None:
                raise self._buried(process, is_stopped)
        for item in answer:
            if isinstance(item, dict) and (refused := item.get("refused")):
                raise FileRefused(refused[0], refused[1], _MEND)
        return answer

    def close(self) -> None:
        """End the child, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None or self._answered >= FILES_PER_CHILD:
            self.close()
            self._process = subprocess.Popen(  # noqa: S603 - our own script, no shell
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
            self._answered = 0
        return self._process

    def _buried(self, process: subprocess.Popen[bytes], is_stopped: bool) -> FileRefused:
        code = process.wait()
        self.close()
        if is_stopped:
            return FileRefused("too_large", f"reading the workbook took over {self._seconds:g} seconds", _MEND)
        reason = f"signal {-code}" if code < 0 else f"exit code {code}"
        return FileRefused("reader_crashed", f"the parser died of the workbook ({reason})", _MEND)


def _ask(process: subprocess.Popen[bytes], path: Path) -> list[Any] | None:
    """The lines of the answer up to its end mark; None where the child ended before."""
    requests, answers = _pipe(process.stdin), _pipe(process.stdout)
    try:
        requests.write(json.dumps(str(path)).encode() + b"\n")
    except BrokenPipeError:
        return None
    lines: list[Any] = []
    with open(answers.fileno(), "rb", closefd=False) as buffered:
        for line in buffered:
            if line == b"null\n":
                return lines
            lines.append(json.loads(line))
    return None


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RuntimeError("the child was started without pipes")
    return stream


_shared: dict[tuple[int, float], Worker] = {}


def shared_worker(megabytes: int, seconds: float) -> Worker:
    """The worker of this process for these limits; it ends with the process."""
    worker = _shared.get((megabytes, seconds))
    if worker is None:
        worker = _shared[megabytes, seconds] = Worker(megabytes, seconds)
        atexit.register(worker.close)
    return worker
