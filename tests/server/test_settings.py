from pathlib import Path

import pytest

from evidoc.cli.settings import as_markdown
from evidoc.server.settings import MB, BadSetting, Settings, load, shown, table, unknown_variables

ROOT = Path(__file__).parents[2]


def test_arguments_come_before_the_environment_and_it_before_defaults() -> None:
    environment = {"EVIDOC_PORT": "9000", "EVIDOC_HOST": "::1", "EVIDOC_MAX_UPLOAD_BYTES": "7 MB"}
    settings = load(environment, port=9100, host=None)
    assert (settings.port, settings.host, settings.max_upload_bytes) == (9100, "::1", 7 * MB)
    assert settings.max_pages == Settings().max_pages
    assert load({"EVIDOC_PORT": ""}).port == 8000


def test_connections_are_an_object_of_urls() -> None:
    assert load({"EVIDOC_CONNECTIONS": '{"a": "sqlite://"}'}).connections == {"a": "sqlite://"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("MAX_PAGES", "0"),
        ("MAX_PAGES", "-1"),
        ("CONNECTIONS", "[]"),
        ("CONNECTIONS", "{"),
        ("CONNECTIONS", '{"a": 1}'),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_value_names_its_setting(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"(?i){variable}"):
        load({f"EVIDOC_{variable}": value})


def test_secrets_are_not_shown() -> None:
    settings = Settings(
        master_key="c2VjcmV0", database_url="postgresql://u:hunter2@h/d", connections={"wh": "x://u:p@h"}
    )
    texts = [shown(settings, row) for row in table()]
    assert not [text for text in texts if "c2VjcmV0" in text or "hunter2" in text or "u:p@h" in text]
    assert "wh" in texts


def test_a_misspelt_variable_is_found() -> None:
    assert unknown_variables({"EVIDOC_PROT": "1", "EVIDOC_PORT": "1", "HOME": "/"}) == ["EVIDOC_PROT"]


def test_every_setting_is_explained_and_documented() -> None:
    assert all(row.help.endswith(".") and len(row.help) > 15 for row in table())
    assert as_markdown() in (ROOT / "docs" / "settings.md").read_text()
