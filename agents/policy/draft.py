"""A state with the changes that an edit in the making brings."""

from dataclasses import dataclass, field

from sandbox.protocol import StateId, States


@dataclass(slots=True)
class Draft:
    """Reads as the state would after the edit; the state itself stays as it is. For one thread."""

    states: States
    state: StateId
    changes: dict[str, bytes | None] = field(default_factory=dict)
    """Path → content. Holds only what differs from the state."""

    def read(self, path: str) -> bytes | None:
        """None when there is no such regular file."""
        return self.changes[path] if path in self.changes else self.states.read(self.state, path)

    def paths(self) -> tuple[str, ...]:
        """Every file, sorted."""
        return tuple(sorted({*self.states.paths(self.state), *self.changes}))

    def put(self, path: str, content: bytes) -> None:
        """Change or add a file; a file that is as it was is no change."""
        if content == self.states.read(self.state, path):
            self.changes.pop(path, None)
        else:
            self.changes[path] = content
