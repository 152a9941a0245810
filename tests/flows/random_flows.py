"""Any flow of the public format, for property tests: steps of every kind, nested, by names of every kind."""

from typing import Any

from hypothesis import strategies as st

from tests.flows.public_flows import conditional, for_each, public_flow, step

CATEGORIES = ("invoice", "letter of credit", "Ünïcode / thing")

OTHER = "other"
"""The slug of the flow that its triggers run."""

_NAMES = st.text(min_size=1, max_size=70).filter(lambda name: name.strip())


@st.composite
def flows(draw: st.DrawFn, level: int = 0) -> dict[str, Any]:
    """A flow; one that is nested too deeply for the format among them."""
    steps: list[dict[str, Any]] = []
    for name in draw(st.lists(_NAMES, max_size=4, unique=True)):
        kinds = ["parse", "categorize", "split", "output", "combine", "trigger"]
        kind = draw(st.sampled_from(kinds + (["conditional", "forEach"] if level < 2 else [])))
        known = [one["id"] for one in steps]
        match kind:
            case "conditional":
                inner = {one: draw(flows(level + 1)) for one in draw(st.sets(st.sampled_from(CATEGORIES), min_size=1))}
                steps.append(conditional(name, **inner))
            case "forEach":
                steps.append(for_each(name, ["a"], draw(flows(level + 1))))
            case "categorize" | "split":
                steps.append(step(name, kind, categories=["a", "b"]))
            case "output" | "combine":
                source = draw(st.lists(st.sampled_from(known), unique=True)) if known else []
                steps.append(step(name, kind, **({"source": source} if source else {})))
            case "trigger":
                steps.append(step(name, kind, flowRef=OTHER))
            case _:
                steps.append(step(name, kind))
    return public_flow(*steps)
