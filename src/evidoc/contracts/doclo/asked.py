"""What clients send in the Doclo contract. Types are taken strictly: "5" is not a number, 1 is not true."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from evidoc.contracts.idempotency import LONGEST_KEY
from evidoc.flows.options import unknown_member
from evidoc.kernel.errors import Detail

DEFAULT_WAIT_MS = 30_000
LONGEST_WAIT_MS = 60_000

Key = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY, examples=["unique-request-id-12345"])]
Version = Annotated[str, Field(min_length=1, max_length=50, description="A version, or latest", examples=["1"])]


class Asked(BaseModel):
    """A request object. What it does not know it refuses: a misspelt webhookUrl would lose a result without a word."""

    model_config = ConfigDict(strict=True, alias_generator=to_camel, populate_by_name=False)


class GivenDocument(Asked):
    """A document. ``base64`` is base64, with or without line breaks, or a data: URL."""

    base64: str = Field(examples=["data:application/pdf;base64,JVBERi0xLjcK"])
    filename: str | None = Field(None, max_length=1_000, examples=["invoice.pdf"])
    mime_type: str | None = Field(
        None, max_length=255, description="Found out where it is absent; refused where it is wrong"
    )


class Input(Asked):
    """What a flow works on. ``variables`` is whatever the flow asks for besides the document."""

    document: GivenDocument
    variables: dict[str, Any] | None = None


class NewRun(Asked):
    """A run to start."""

    input: Input
    version: Version | None = None
    wait: bool | None = Field(None, description="Answer when the run has ended, or after the timeout")
    timeout: Annotated[int, Field(ge=1, le=LONGEST_WAIT_MS)] | None = Field(
        None, description=f"Milliseconds to wait, {DEFAULT_WAIT_MS} if absent"
    )
    idempotency_key: Key | None = None
    webhook_url: Annotated[str, Field(min_length=1, max_length=2_048)] | None = Field(
        None, description="Where the result shall be sent"
    )
    webhook_secret: Annotated[str, Field(min_length=1, max_length=1_024)] | None = Field(
        None, description="Signs what is sent there"
    )
    metadata: dict[str, Any] | None = Field(None, description="Given back with the run")


def schema_of_run() -> dict[str, Any]:
    """The JSON Schema of a run's request, with nothing referred to: the description of the API is put together from
    parts that name none of each other's."""
    whole = NewRun.model_json_schema()
    shapes = whole.pop("$defs")

    def plain(node: Any) -> Any:
        if isinstance(node, list):
            return [plain(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return plain(shapes[node["$ref"].rpartition("/")[2]])
        return {name: plain(value) for name, value in node.items()}

    schema: dict[str, Any] = plain(whole)
    return schema


class FlowToCheck(Asked):
    """A definition, in the public format (``version``, ``steps``) or as tasks."""

    definition: dict[str, Any]


class FlowToPublish(FlowToCheck):
    """A flow to publish. A slug that is taken by a flow of one's own makes that flow's next version."""

    slug: Annotated[str, Field(min_length=1, max_length=100, examples=["delivery-notes"])] | None = None
    name: Annotated[str, Field(min_length=1, max_length=255, pattern=r"\S")]
    description: Annotated[str, Field(max_length=10_000)] = ""
    idempotency_key: Key | None = None


def unknown_members(shape: type[BaseModel], value: Any, path: str = "") -> Iterator[Detail]:
    """A fault for each member of an object that its shape does not know, with what was probably meant."""
    if not isinstance(value, Mapping):
        return
    known = {field.alias or name: field.annotation for name, field in shape.model_fields.items()}
    taken = {*known, "idempotency_key"} if "idempotencyKey" in known else set(known)
    for name, inner in value.items():
        here = f"{path}.{name}" if path else name
        if name not in taken:
            yield Detail(here, unknown_member(name, known))
        elif isinstance(annotation := known.get(name), type) and issubclass(annotation, Asked):
            yield from unknown_members(annotation, inner, here)
