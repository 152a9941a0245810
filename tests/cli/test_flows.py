"""Flows from the command line: checked, published, shown, listed."""

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Call
from tests.flows.public_flows import NUMBER_AND_TOTAL, public_flow, step
from tests.served import Served

FLOW = public_flow(step("parse", "parse"), step("x", "extract", schema=NUMBER_AND_TOTAL))


def written(path: Path, definition: Any) -> str:
    path.write_text(json.dumps(definition))
    return str(path)


def test_a_flow_is_imported_shown_and_published_anew(call: Call, server: Served, tmp_path: Path) -> None:
    at = ("--server", server.url)
    file = written(tmp_path / "Packing slips.json", {"name": "Packing slips", "definition": FLOW})
    assert call("flows", "import", file, *at).stdout == "packing-slips v1\n"
    assert call("flows", "import", file, *at).stdout == "packing-slips v1\n", "what is there already makes no version"
    shown = json.loads(call("flows", "show", "packing-slips", "--definition", *at).stdout)
    assert shown == FLOW
    other = written(tmp_path / "other.json", public_flow(*FLOW["steps"], step("o", "output", name="found")))
    assert call("flows", "publish", "packing-slips", other, *at).stdout == "packing-slips v2\n"
    facts = json.loads(call("flows", "show", "packing-slips", *at).stdout)
    assert (facts["name"], facts["version"], facts["versions"]) == ("Packing slips", "2", ["2", "1"])
    assert json.loads(call("flows", "show", "packing-slips", "--version", "1", "--definition", *at).stdout) == FLOW
    listed = call("flows", "list", *at).stdout.splitlines()
    slugs = [line.split()[0] for line in listed]
    assert slugs[0] == "packing-slips"
    assert slugs[-4:] == ["contract-extractor", "document-extractor", "invoice-extractor", "receipt-extractor"]


def test_what_is_wrong_with_a_flow_is_said_line_by_line(call: Call, server: Served, tmp_path: Path) -> None:
    file = written(tmp_path / "bad.json", public_flow(step("x", "extract"), step("y", "prase"), version="2"))
    done = call("flows", "check", file, "--server", server.url)
    assert done.returncode == 1
    assert done.stdout == "cannot be published\n"
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "error (version_mismatch) version",
        "error (invalid_config) steps[0].config.schema",
        "error (invalid_config) steps[1].nodeType",
    ]
    refused = call("flows", "import", file, "--server", server.url)
    assert refused.returncode == 1
    assert "steps[0].config.schema: is required" in refused.stderr


def test_a_built_in_flow_is_not_published_over(call: Call, server: Served, tmp_path: Path) -> None:
    file = written(tmp_path / "mine.json", FLOW)
    done = call("flows", "publish", "invoice-extractor", file, "--server", server.url)
    assert done.returncode == 1
    assert "built-in" in done.stderr
