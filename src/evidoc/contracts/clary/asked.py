"""What clients send in the Clary contract. Types are taken strictly: "5" is not a number, 1 is not true."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from evidoc.contracts.clary.definition import SCHEMA
from evidoc.contracts.idempotency import LONGEST_KEY
from evidoc.kernel.finding import FeatureType

DocumentId = Annotated[str, Field(min_length=1, max_length=100, examples=["doc_01K2ZT9Q6S8Y1D4M7N3B5C0R2V"])]
Name = Annotated[str, Field(min_length=1, max_length=255, pattern=r"\S")]
Description = Annotated[str, Field(max_length=10_000)]

Said = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Definition = Annotated[dict[str, Any], WithJsonSchema(SCHEMA)]


class Asked(BaseModel):
    """A request object; fields that it does not know are left alone."""

    model_config = ConfigDict(strict=True)


Key = Annotated[str, Field(max_length=LONGEST_KEY, description="Creates once, however often it is sent; or a header")]


class WholeWorkflow(Asked):
    """All that a caller says of a workflow."""

    name: Name = Field(examples=["Invoice Processing"])
    description: Description = Field("", examples=["Extract information from invoices"])
    definition: Definition


class NewWorkflow(WholeWorkflow):
    """A workflow to create."""

    idempotency_key: Key | None = None


class WorkflowReplacement(WholeWorkflow):
    """A workflow as it shall be from now on."""

    status: Literal["active", "inactive"] = "active"


class WorkflowChanges(Asked):
    """What to change of a workflow; what is absent stays."""

    name: Name | None = None
    description: Description | None = None
    definition: Definition | None = None
    status: Literal["active", "inactive"] | None = None


class NewExecution(Asked):
    """A document to run a workflow on. ``parameters`` is kept with the execution."""

    idempotency_key: Key | None = None

    document_id: DocumentId
    parameters: dict[str, Any] = Field(default_factory=dict, examples=[{"custom_parameter": "custom_value"}])


class TextOptions(Asked):
    """What extract-text shall give besides the text. Images are not extracted."""

    include_layout: bool = True
    include_tables: bool = True
    include_images: bool = False


class ExtractText(Asked):
    """A document to give the text of."""

    document_id: DocumentId
    options: TextOptions = TextOptions()


class WantedEntity(Asked):
    """An entity described: ``labels`` are what may be printed beside it, ``columns`` the columns of a table."""

    name: Said = Field(examples=["policy_start_date"])
    type: Annotated[FeatureType, Field(strict=False)] | None = None
    labels: list[Said] | None = Field(None, max_length=100)
    description: Annotated[str, Field(max_length=2_000, pattern=r"\S")] | None = None
    pattern: Annotated[str, Field(max_length=1_000, pattern=r"\S")] | None = None
    columns: list[Said] | None = Field(None, max_length=50)
    many: bool | None = None


class CustomEntity(Asked):
    """An entity found by a regular expression; a group called ``value``, or else the first group, is the value."""

    name: Said = Field(examples=["order_number"])
    pattern: Annotated[str, Field(max_length=1_000, pattern=r"\S", examples=["PO-[0-9]{6}"])]
    many: bool | None = Field(None, description="Whether every match is wanted, not only the best")


def _kind_of(value: Any) -> str:
    return "(object)" if isinstance(value, dict | WantedEntity) else "(name)"


EntityAsked = Annotated[
    Annotated[Said, Tag("(name)")] | Annotated[WantedEntity, Tag("(object)")],
    Discriminator(_kind_of),
]


class ExtractEntities(Asked):
    """Entities to find. With neither list, those usual for the kind of document."""

    document_id: DocumentId
    entities: list[EntityAsked] = Field(
        default_factory=list, max_length=200, examples=[["invoice_number", "total_amount", "line_items"]]
    )
    custom_entities: list[CustomEntity] = Field(default_factory=list, max_length=50)


class ClassifyOptions(Asked):
    """``multi_label`` allows several categories; those below the threshold are left out."""

    multi_label: bool = False
    confidence_threshold: Annotated[float, Field(ge=0, le=1, strict=False)] = 0.0


class Classify(Asked):
    """Categories to choose from; without any, the built-in kinds of document."""

    document_id: DocumentId
    categories: list[Said] | None = Field(
        None, min_length=1, max_length=200, examples=[["invoice", "contract", "receipt"]]
    )
    options: ClassifyOptions = ClassifyOptions()


class SummarizeOptions(Asked):
    """``max_length`` is in characters. ``focus`` names what the summary shall dwell on."""

    max_length: Annotated[int, Field(ge=1, le=100_000)] = 500
    format: Literal["paragraph", "bullets"] = "paragraph"
    focus: list[Said] = Field(default_factory=list, max_length=20)


class Summarize(Asked):
    """A document to summarise."""

    document_id: DocumentId
    options: SummarizeOptions = SummarizeOptions()


class ExtractTables(Asked):
    """A document to give the tables of."""

    document_id: DocumentId
