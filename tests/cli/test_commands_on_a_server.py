"""The commands, pointed at a running server."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest

from evidoc.cli.sample_invoice import sample_invoice
from tests.cli.conftest import Call
from tests.flows.public_flows import public_flow, step
from tests.served import Served

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "invoice for the server.pdf"
    path.write_bytes(sample_invoice())
    return path


def kept(server: Served, name: str) -> int:
    with server.client() as client:
        return sum(item["name"] == name for item in client.get("/v1/documents?limit=100").json()["data"])


def test_extract_finds_the_same_there_as_here(call: Call, server: Served, file: Path) -> None:
    asked = ("extract", str(file), "--fields", "invoice_number,line_items,colour_of_the_sky")
    (here,), (there,) = (json.loads(call(*asked, "--json", *to).stdout) for to in ((), ("--server", server.url)))
    for found in (here, there):
        for entity in found["entities"]:
            for cell in (entity, *(cell for row in entity.get("rows", ()) for cell in row.values())):
                for evidence in cell["evidence"]:
                    del evidence["doc_id"], evidence["evidence_id"]
    assert there == here
    assert here["missing"] == ["colour_of_the_sky"]


def test_a_server_keeps_a_document_only_if_asked_to(call: Call, server: Served, tmp_path: Path) -> None:
    file = tmp_path / "passing through.pdf"
    file.write_bytes(sample_invoice())
    call("extract", str(file), "--server", server.url)
    call("read", str(file), "--server", server.url)
    call("classify", str(file), "--server", server.url)
    assert kept(server, file.name) == 0
    call("classify", str(file), "--server", server.url, "--keep")
    assert kept(server, file.name) == 1


def test_a_json_schema_is_filled_there_as_here(call: Call, server: Served, tmp_path: Path) -> None:
    file, schema = tmp_path / "to fill a schema.pdf", tmp_path / "schema.json"
    file.write_bytes(sample_invoice())
    due = {"type": "string", "format": "date"}
    lines = {"type": "array", "items": {"type": "object", "properties": {"amount": {"type": "number"}}}}
    properties = {"due_date": due, "line_items": lines, "colour_of_the_sky": {"type": "string"}}
    schema.write_text(json.dumps({"type": "object", "properties": properties}))
    asked = ("extract", str(file), "--schema", str(schema))
    (here,), (there,) = (json.loads(call(*asked, "--json", *to).stdout) for to in ((), ("--server", server.url)))
    assert there == here
    assert here["value"]["due_date"] == "2026-04-11"
    assert [row["amount"] for row in here["value"]["line_items"]] == [2960, 862, 190, 225, 64]
    assert here["evidence"]["/line_items/3/amount"]["quote"] == "225.00"
    assert here["missing"] == ["/colour_of_the_sky"]
    assert kept(server, file.name) == 0
    assert "“11 April 2026”" in call(*asked, "--server", server.url).stdout
    rows = csv.DictReader(io.StringIO(call(*asked, "--format", "csv").stdout))
    assert next(rows)["value_raw"] == "11 April 2026"
    schema.write_text(json.dumps({"type": "object", "properties": properties, "required": ["colour_of_the_sky"]}))
    for to in ((), ("--server", server.url)):
        unfit = call(*asked, *to)
        assert unfit.returncode == 1
        assert "does not fit the schema" in unfit.stderr


def test_read_and_classify_there(call: Call, server: Served, file: Path) -> None:
    to = ("--server", server.url)
    assert call("read", str(file), *to).stdout == call("read", str(file)).stdout
    assert call("read", str(file), "--summary", *to).stdout == call("read", str(file), "--summary").stdout
    (page,) = json.loads(call("read", str(file), "--json", *to).stdout)["pages"]
    assert page["layout"]["elements"]
    assert call("classify", str(file), *to).stdout == call("classify", str(file)).stdout


def test_one_bad_file_does_not_hide_the_others_there_either(
    call: Call, server: Served, file: Path, tmp_path: Path
) -> None:
    broken, strange = tmp_path / "broken.pdf", tmp_path / "strange.bin"
    broken.write_bytes(sample_invoice()[:500])
    strange.write_bytes(b"\x7fELF" + bytes(500))
    names = (str(broken), str(strange), str(tmp_path / "none.pdf"), str(file))
    done = call("extract", *names, "--fields", "due_date", "--format", "csv", "--server", server.url)
    assert done.returncode == 1
    assert [row["value"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["2026-04-11"]
    for name in ("broken.pdf: ", "strange.bin: ", "none.pdf: There is no file"):
        assert name in done.stderr
    assert kept(server, "broken.pdf") == 0


def test_a_run_is_shown_waited_for_and_cancelled(call: Call, server: Served, file: Path, tmp_path: Path) -> None:
    definition = tmp_path / "dates.yaml"
    definition.write_text("tasks:\n- id: find\n  type: entity_extraction\n  config:\n    entities: [due_date]\n")
    to = ("--server", server.url)
    workflow_id = call("workflows", "create", str(definition), *to).stdout.strip()
    (execution,) = json.loads(call("run", workflow_id, str(file), "--json", *to).stdout)
    run_id = execution["execution_id"]
    listed = call("runs", "list", "--flow", workflow_id, *to).stdout
    assert listed.split()[:2] == [run_id, "completed"]
    assert datetime.fromisoformat(listed.split()[2]).tzinfo is not None
    assert listed.split()[3:] == [workflow_id]
    for verb in ("show", "wait"):
        shown = call("runs", verb, run_id, *to)
        assert shown.returncode == 0
        assert "2026-04-11" in shown.stdout
        assert "“11 April 2026”" in shown.stdout
    assert json.loads(call("runs", "show", run_id, "--json", *to).stdout)["status"] == "completed"
    late = call("runs", "cancel", run_id, *to)
    assert late.returncode == 1
    assert "has ended and cannot be cancelled" in late.stderr


def test_a_flow_is_run_on_files(call: Call, server: Served, file: Path, tmp_path: Path) -> None:
    to = ("--server", server.url)
    shown = call("run", "invoice-extractor", str(file), str(file), *to)
    assert shown.returncode == 0
    assert shown.stdout.count("“EUR 5,161.20”") == 2
    variables = tmp_path / "variables.yaml"
    variables.write_text("schema: {type: object, properties: {due_date: {type: string, format: date}}}\n")
    asked = ("run", "document-extractor", str(file), "--variables", str(variables), "--version", "1", "--json")
    (run,) = json.loads(call(*asked, *to).stdout)
    assert (run["output"], run["version"]) == ({"due_date": "2026-04-11"}, "1")
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear tenant, the stairs are clean again.")
    (line,) = [
        line for line in call("run", "invoice-extractor", str(letter), *to).stdout.splitlines() if "totalAmount" in line
    ]
    assert line.split() == ["totalAmount", "not", "found"]
    twice = tmp_path / "twice.json"
    twice.write_text(json.dumps(public_flow(step("a", "trigger", flowRef="invoice-extractor"), step("b", "output"))))
    call("flows", "import", str(twice), *to)
    assert call("run", "twice", str(letter), *to).stdout.count("totalAmount") == 1
    unknown = call("run", "no-such-flow", str(file), *to)
    assert unknown.returncode == 1
    assert "Flow not found" in unknown.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("extract", "{file}", "--server", NOBODY),
        ("read", "{file}", "--server", NOBODY),
        ("classify", "{file}", "--server", NOBODY),
        ("workflows", "list", "--server", NOBODY),
        ("workflows", "list", "--url", NOBODY),
        ("runs", "show", "exec_1", "--server", NOBODY),
        ("run", "wf_1", "{file}", "--server", NOBODY),
    ],
    ids=" ".join,
)
def test_a_server_that_is_not_there_is_said_plainly(call: Call, file: Path, arguments: tuple[str, ...]) -> None:
    done = call(*(argument.format(file=file) for argument in arguments))
    assert done.returncode == 1
    assert f"{NOBODY} does not answer" in done.stderr
    assert "`evidoc serve` starts one" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--server", "127.0.0.1:8000"), "begins with http:// or https://"),
        (("--server", NOBODY, "--password", "x"), "takes no passwords"),
        (("--server", NOBODY, "--key", "a key"), "characters that no key holds"),
    ],
)
def test_what_no_server_takes_exits_with_2(call: Call, file: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = call("extract", str(file), *arguments)
    assert done.returncode == 2
    assert sentence in " ".join(done.stderr.split())


def test_a_wrong_key_is_said_and_never_shown(call: Call, server: Served, file: Path) -> None:
    done = call("extract", str(file), "--server", server.url, "--key", "sk_live_of_nobody")
    assert done.returncode == 1
    assert "Invalid API key" in done.stderr
    assert "sk_live_of_nobody" not in done.stderr


def test_only_one_name_of_the_option_is_shown(call: Call) -> None:
    shown = call("workflows", "list", "--help").stdout
    assert "--server URL" in shown
    assert "--url" not in shown
