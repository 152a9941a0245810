"""Values with their evidence, as tables for people: entities of the Clary contract, leaves of a run's output."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Entity = Mapping[str, Any]
Leaf = Mapping[str, Any]

_AS_PRINTED = frozenset({"identifier", "iban", "vat_id", "phone"})


def console_for_people() -> Console:
    """Standard output; wide enough for a table where it is no terminal."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=120)


def show_entities(console: Console, entities: Iterable[Entity], missing: Iterable[str] = ()) -> None:
    """Each value with its confidence, page, quote and box; tables of rows after them."""
    entities = list(entities)
    table = _table_of_values()
    for entity in entities:
        rows = entity.get("rows")
        shown = f"{len(rows)} rows, below" if rows is not None else _value(entity)
        quote = "" if rows is not None else _quote(entity)
        table.add_row(
            Text(entity["type"], style="bold cyan"),
            Text(shown + (f" {entity['unit']}" if entity.get("unit") else "")),
            Text(f"{entity['confidence']:.0%}", style="green" if entity["status"] == "keep" else "yellow"),
            str(entity.get("page", "")),
            Text(quote, style="italic"),
            _box(entity.get("position")),
        )
    for name in missing:
        table.add_row(Text(name, style="bold cyan"), Text("not found", style="dim"), "", "", "", "")
    console.print(table)
    for entity in entities:
        if entity.get("rows"):
            console.print()
            show_rows(console, entity)


def show_leaves(console: Console, leaves: Mapping[str, Leaf], missing: Iterable[str] = ()) -> None:
    """Each scalar of an output by its JSON Pointer, with its confidence, page, quote and box."""
    table = _table_of_values()
    for pointer, leaf in leaves.items():
        spans = leaf.get("spans", ())
        quotes = " / ".join(f"“{' '.join(span['quote'].split())}”" for span in spans)
        if not quotes and "source" in leaf:
            quotes = f"“{leaf['source']['quote']}” in {leaf['source']['attachment']}"
        table.add_row(
            Text(pointer.removeprefix("/"), style="bold cyan"),
            _value_of(leaf),
            Text(f"{leaf['confidence']:.0%}", style="green" if leaf["verdict"] == "keep" else "yellow"),
            str(spans[0]["pageIndex"] + 1) if spans else "",
            Text(quotes, style="italic"),
            _box(spans[0]["box"] if spans else None),
        )
    for name in missing:
        table.add_row(Text(name.removeprefix("/"), style="bold cyan"), Text("not found", style="dim"), "", "", "", "")
    console.print(table)


def _value_of(leaf: Leaf) -> Text:
    if "valueRaw" not in leaf:
        return Text("not found", style="dim")
    value = " ".join(leaf["valueRaw"].split()) if leaf["rule"] in _AS_PRINTED else leaf["valueNormalized"]
    return Text(value + (f" {leaf['unit']}" if leaf.get("unit") else ""))


def show_rows(console: Console, entity: Entity) -> None:
    """The rows of a table, as printed."""
    columns = list(dict.fromkeys(column for row in entity["rows"] for column in row))
    table = Table(title=str(entity["type"]), title_justify="left", title_style="bold cyan", header_style="bold")
    for column in columns:
        table.add_column(column, justify="left" if column == "description" else "right")
    for row in entity["rows"]:
        table.add_row(
            *(Text(" ".join(row[column]["value_raw"].split()) if column in row else "") for column in columns)
        )
    console.print(table)


def _table_of_values() -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("field", "value", "sure", "page", "quote", "box (x, y, w, h)"):
        table.add_column(name, justify="right" if name in ("sure", "page") else "left", overflow="fold")
    return table


def _value(entity: Entity) -> str:
    """The value for a person: normalised, but for identifiers, whose normal form has lost its punctuation."""
    printed = " ".join(entity["value_raw"].split())
    return printed if entity["rule"] in _AS_PRINTED else str(entity["value_normalized"])


def _quote(entity: Entity) -> str:
    if entity["evidence"]:
        return " / ".join(f"“{' '.join(item['quote'].split())}”" for item in entity["evidence"])
    source = entity.get("source")
    return f"“{source['quote']}” in {source['attachment']}" if source else ""


def _box(position: Mapping[str, float] | None) -> str:
    if position is None:
        return ""
    return ", ".join(f"{position[side]:.0f}" for side in ("x", "y", "width", "height"))
