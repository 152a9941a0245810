"""The settings of a server: one table, read once from arguments and the environment.

The fields of ``Settings`` are the table: name, type, default and help. `evidoc settings` prints it and
docs/settings.md is checked against it.
"""

import dataclasses
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from evidoc.reaching.allowed_hosts import AllowedHosts

PREFIX = "EVIDOC_"

MB = 1024 * 1024


class BadSetting(ValueError):
    """A setting has a value that it cannot have; the message says which and why."""


def _setting(default: Any, help_text: str, *, secret: bool = False, least: float | None = None) -> Any:
    metadata = {"help": help_text, "secret": secret, "least": least}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator can set."""

    host: str = _setting("127.0.0.1", "The address to listen on. Any but a loopback address needs an API key first.")
    port: int = _setting(8000, "The port to listen on; 0 takes a free one.", least=0)
    data: Path = _setting(  # noqa: RUF009 - it makes a field
        Path("data"), "The folder under which everything that the server keeps lies."
    )
    database_url: str = _setting(
        "",
        "The database as an SQLAlchemy URL; empty for the SQLite file evidoc.sqlite under the data folder.",
        secret=True,
    )
    master_key: str = _setting(
        "",
        "The key that wraps every document's own key: 32 bytes as base64 or hexadecimal digits. "
        "Empty for the file master.key under the data folder, made on the first start.",
        secret=True,
    )
    connections: Mapping[str, str] = _setting(
        {},
        "Databases that the task database_connector may write to: a JSON object of names and SQLAlchemy URLs. "
        "default_database is the SQLite file default_database.sqlite under the data folder unless it is named here.",
        secret=True,
    )
    allowed_hosts: str = _setting(
        "",
        "Hosts that webhooks may reach although they lie in a private network or on this machine, also without "
        "encryption: names, addresses and networks with a comma between, each with a port or for all "
        "(hooks.lan, *.svc.cluster.local:8080, 10.20.0.0/16).",
    )
    webhook_seconds: int = _setting(20, "How long a webhook's receiver may take to answer.", least=1)
    webhook_retry_seconds: str = _setting(
        "0,5,60,300,1800,7200,18000,36000,50400,72000",
        "The seconds before the first try to reach a webhook, and before each that follows a failed one; "
        "each is made up to 15 % shorter or longer by chance.",
    )
    webhooks_at_once: int = _setting(
        32, "How many webhooks are sent to at once; to one receiver, an eighth of these.", least=8
    )
    max_upload_bytes: int = _setting(50 * MB, "The largest file that is accepted.", least=1)
    max_unpacked_bytes: int = _setting(
        256 * MB, "What a packed document (DOCX, XLSX, PDF streams) may unpack to.", least=1
    )
    max_pages: int = _setting(5_000, "The most pages that a document may have.", least=1)
    max_pixels: int = _setting(100_000_000, "The most pixels that an image, or one page of it, may have.", least=1)
    max_json_bytes: int = _setting(
        MB, "The largest JSON body, and the largest fields beside an uploaded file.", least=1
    )
    sandbox_memory_bytes: int = _setting(512 * MB, "The memory that opening one document may take.", least=64 * MB)
    sandbox_seconds: int = _setting(
        9, "The time that opening a document may take without finishing another page.", least=1
    )
    readers: int = _setting(
        0,
        "How many documents are opened or asked at once, at least 2, one of them for new arrivals; "
        "0 for one more than there are processors.",
        least=0,
    )
    ocr_processes: int = _setting(1, "How many pages are OCRed at once; each takes up to 0.8 GB.", least=1)
    ocr_idle_seconds: int = _setting(300, "How long the OCR worker stays when no page needs it.", least=1)
    tasks_at_once: int = _setting(0, "How many tasks of workflows run at once; 0 for two a processor.", least=0)
    analysis_at_once: int = _setting(16, "How many analysis requests may wait for their document at once.", least=1)
    requests_per_minute: int = _setting(
        100,
        "How many requests a minute an organisation may make, live and test apart, "
        "unless evidoc orgs limit says otherwise.",
        least=1,
    )
    keyless_requests_per_minute: int = _setting(
        100_000, "The same for a server without keys, which answers its own machine only.", least=1
    )
    idle_seconds: int = _setting(30, "How long a client may be silent while its request is arriving.", least=1)
    request_seconds: int = _setting(600, "How long a request may take to arrive as a whole.", least=1)
    shutdown_seconds: int = _setting(30, "How long a stopping server lets requests finish.", least=0)
    log_level: str = _setting("info", "debug, info, warning or error. The log never holds a document's content.")

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            value, least = getattr(self, item.name), item.metadata["least"]
            if least is not None and value < least:
                raise BadSetting(f"{item.name} must be at least {least}, not {value}")
        if self.port > 65_535:
            raise BadSetting(f"port must be at most 65535, not {self.port}")
        if self.log_level not in ("debug", "info", "warning", "error"):
            raise BadSetting(f"log_level must be debug, info, warning or error, not {self.log_level!r}")
        if not re.fullmatch(r"\s*\d{1,7}(\.\d+)?\s*(,\s*\d{1,7}(\.\d+)?\s*)*", self.webhook_retry_seconds):
            raise BadSetting(
                f"webhook_retry_seconds must be seconds such as 0,5,60, not {self.webhook_retry_seconds!r}"
            )
        try:
            AllowedHosts.parse(self.allowed_hosts)
        except ValueError as error:
            raise BadSetting(f"allowed_hosts: {error}") from None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: a setting, its variable, its default in words, and what it is for."""

    name: str
    variable: str
    default: str
    help: str
    secret: bool


def table() -> tuple[Row, ...]:
    """The table of settings, in order."""
    return tuple(
        Row(item.name, PREFIX + item.name.upper(), _default(item), item.metadata["help"], item.metadata["secret"])
        for item in dataclasses.fields(Settings)
    )


def load(environment: Mapping[str, str] | None = None, **arguments: Any) -> Settings:
    """Settings from ``arguments`` (those that are not None), else the environment, else the defaults.

    Raises BadSetting, naming the setting.
    """
    environment = os.environ if environment is None else environment
    types = get_type_hints(Settings)
    given: dict[str, Any] = {}
    for row in table():
        if arguments.get(row.name) is not None:
            given[row.name] = arguments[row.name]
        elif environment.get(row.variable, "") != "":
            given[row.name] = _parse(row, types[row.name], environment[row.variable])
    return Settings(**given)


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none, for a command that checks an installation."""
    known = {row.variable for row in table()}
    return sorted(name for name in environment if name.startswith(PREFIX) and name not in known)


def shown(settings: Settings, row: Row) -> str:
    """A setting's value as it may be shown: secrets only say whether they are set."""
    value = getattr(settings, row.name)
    if row.secret:
        if isinstance(value, Mapping):
            return ", ".join(sorted(value)) or "(none)"
        return "(set)" if value else "(not set)"
    return str(value) or "(none)"


def _parse(row: Row, wanted: Any, text: str) -> Any:
    parse = _PARSERS.get(wanted, _connections)
    try:
        return parse(text.strip())
    except ValueError as error:
        raise BadSetting(f"{row.variable} has a value that it cannot have: {error}") from None


def _whole_number(text: str) -> int:
    """A number, of bytes where it ends in KB, MB or GB."""
    found = re.fullmatch(r"([0-9][0-9_]*)\s*([KMG]?)B?", text, re.IGNORECASE)
    if not found:
        raise ValueError(f"{text!r} is not a whole number")
    unit: int = 1024 ** " KMG".index(found[2].upper() or " ")
    return int(found[1]) * unit


def _connections(text: str) -> dict[str, str]:
    try:
        value = json.loads(text)
    except ValueError:
        raise ValueError("it is not JSON") from None
    if not isinstance(value, dict) or not all(isinstance(url, str) for url in value.values()):
        raise ValueError('it is not an object such as {"warehouse": "postgresql+psycopg://..."}')
    return value


_PARSERS: dict[Any, Callable[[str], Any]] = {int: _whole_number, str: str, Path: Path}


def _default(item: "dataclasses.Field[Any]") -> str:
    if item.default is dataclasses.MISSING:
        return "{}"
    return str(item.default)
