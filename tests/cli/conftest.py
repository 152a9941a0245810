import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from evidoc.cli.main import main


@dataclass(frozen=True)
class Done:
    """How a command ended and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Done]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """The command line, called in this process; settings are given by name."""

    def run(*arguments: str, **settings: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["evidoc", *arguments])
        for name, value in settings.items():
            monkeypatch.setenv(f"EVIDOC_{name.upper()}", value)
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, written.out, written.err)

    return run
