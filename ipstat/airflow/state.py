"""The state file: what the supervisor says about itself and its children, written whole or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from ipstat.airflow.layout import Layout
from ipstat.airflow.processes import ProcessId
from ipstat.settings import write_secret


@dataclass(frozen=True)
class ComponentState:
    """A component: its process (None while it waits to be started again), starts so far, how it last ended."""

    process: ProcessId | None = None
    start_count: int = 0
    last_end: str | None = None


@dataclass(frozen=True)
class State:
    """The supervisor's process, the address of the user interface, and the components by name."""

    supervisor: ProcessId
    address: str
    started_at: float
    components: dict[str, ComponentState] = field(default_factory=dict)


def write(layout: Layout, state: State) -> None:
    """Replace the state file."""
    write_secret(layout.state, json.dumps(asdict(state)))


def read(layout: Layout) -> State | None:
    """The state as written last, by a supervisor that may be dead; None where there is none that can be read."""
    try:
        found = json.loads(layout.state.read_text(encoding="ascii"))
        components = {name: _component(entry) for name, entry in found["components"].items()}
        return State(ProcessId(**found["supervisor"]), found["address"], found["started_at"], components)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def running(layout: Layout) -> State | None:
    """The state of a supervisor that lives; None where none does."""
    state = read(layout)
    return state if state is not None and state.supervisor.is_alive() else None


def _component(entry: dict[str, object]) -> ComponentState:
    process = entry["process"]
    last_end = entry["last_end"]
    return ComponentState(
        process=ProcessId(**process) if isinstance(process, dict) else None,
        start_count=int(str(entry["start_count"])),
        last_end=None if last_end is None else str(last_end),
    )
