"""The command line as people call it."""

import csv
import io
import json
from pathlib import Path

import pytest

from evidoc.cli.main import _COMMANDS
from evidoc.cli.sample_invoice import sample_invoice
from tests.cli.conftest import Call
from tests.served import Served, evidoc


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "invoice.pdf"
    path.write_bytes(sample_invoice())
    return path


def test_help_lists_every_command(call: Call) -> None:
    shown = call("--help").stdout
    assert [name for name in _COMMANDS if f"  {name} " not in shown] == []


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_has_help_in_words(call: Call, name: str) -> None:
    shown = call(name, "--help")
    assert shown.returncode == 0
    assert len(shown.stdout.splitlines()) > 4


def test_extract_shows_each_value_with_its_place(call: Call, file: Path) -> None:
    shown = call("extract", str(file), "--fields", "invoice_number,total_amount,colour_of_the_sky").stdout
    number, total, colour = (next(line for line in shown.splitlines() if line.startswith(name)) for name in (
        "invoice_number", "total_amount", "colour_of_the_sky"))  # fmt: skip
    assert "LI-2026-0417" in number
    assert "“LI-2026-0417”" in number
    assert "5161.20 EUR" in total
    assert "not found" in colour


def test_extract_gives_json_and_csv(call: Call, file: Path, tmp_path: Path) -> None:
    (found,) = json.loads(call("extract", str(file), "--json").stdout)
    assert found["pages"] == 1
    assert "invoice_number" in {entity["type"] for entity in found["entities"]}
    out = tmp_path / "values.csv"
    call("extract", str(file), str(file), "--format", "csv", "--fields", "due_date", "--out", str(out))
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [(row["field"], row["value"], row["value_raw"], row["page"]) for row in rows] == [
        ("due_date", "2026-04-11", "11 April 2026", "1")
    ] * 2


def test_extract_takes_a_schema(call: Call, file: Path, tmp_path: Path) -> None:
    schema = tmp_path / "features.yaml"
    schema.write_text("features:\n  - name: order\n    type: identifier\n    labels: [Purchase order]\n  - due_date\n")
    (found,) = json.loads(call("extract", str(file), "--schema", str(schema), "--json").stdout)
    assert [entity["value"] for entity in found["entities"]] == ["HV-88213", "11 April 2026"]


def test_one_bad_file_does_not_hide_the_others(call: Call, file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(sample_invoice()[:500])
    done = call("extract", str(broken), str(tmp_path / "none.pdf"), str(file), "--fields", "due_date")
    assert done.returncode == 1
    assert "2026-04-11" in done.stdout
    assert "broken.pdf: " in done.stderr
    assert "none.pdf: There is no file" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("extract",), ("extract", "x.pdf", "--format", "xml"), ("nonsense",), ("extract", "x.pdf", "--fields", " , ")],
)
def test_what_is_not_understood_exits_with_2(call: Call, arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_read_and_classify(call: Call, file: Path) -> None:
    assert "Benchtop centrifuge, model C-200" in call("read", str(file)).stdout
    (page,) = json.loads(call("read", str(file), "--json").stdout)["pages"]
    assert page["layout"]["elements"]
    assert "invoice" in call("classify", str(file)).stdout


def test_workflows_are_made_and_run_on_a_server(call: Call, file: Path, tmp_path: Path, server: Served) -> None:
    definition = tmp_path / "dates.yaml"
    definition.write_text(
        "tasks:\n- id: find\n  type: entity_extraction\n  config:\n    entities: [due_date, invoice_number]\n"
    )
    to = ("--server", server.url)
    workflow_id = call("workflows", "create", str(definition), "--name", "Dates", *to).stdout.strip()
    assert f"{workflow_id}  active    Dates" in call("workflows", "list", *to).stdout
    assert json.loads(call("workflows", "show", workflow_id, *to).stdout)["name"] == "Dates"
    shown = call("run", workflow_id, str(file), *to).stdout
    assert "2026-04-11" in shown
    unknown = call("run", "wf_unknown", str(file), *to)
    assert unknown.returncode == 1
    assert "Workflow not found" in unknown.stderr


def test_the_program_itself_refuses_in_a_sentence() -> None:
    done = evidoc("extract", "/no/such/file.pdf", check=False)
    assert done.returncode == 1
    assert done.stderr == "/no/such/file.pdf: There is no file /no/such/file.pdf\n"


def test_doctor_finds_what_is_wrong(call: Call, tmp_path: Path) -> None:
    well = call("doctor", "--data", str(tmp_path / "data"))
    assert "Reading a PDF in a sandbox works" in well.stdout
    ill = call("doctor", "--data", str(tmp_path / "data"), prot="1")
    assert ill.returncode == 1
    assert "EVIDOC_PROT" in ill.stdout


def test_a_key_is_revoked_by_its_name(call: Call, tmp_path: Path) -> None:
    folder = ("--data", str(tmp_path / "data"))
    call("keys", "create", "laptop", *folder)
    unknown = call("keys", "revoke", "desktop", *folder)
    assert unknown.returncode == 1
    assert "id, its hint" in unknown.stderr
    assert "(laptop)" in call("keys", "revoke", "laptop", *folder).stdout
    assert " revoked " in call("keys", "list", *folder).stdout


def test_settings_show_values_but_no_secret(call: Call) -> None:
    shown = call("settings", port="9999", master_key="aHVudGVyMg==").stdout
    assert "EVIDOC_PORT = 9999" in shown
    assert "EVIDOC_MASTER_KEY = (set)" in shown
    assert "aHVudGVyMg" not in shown
