"""Publishing: versions that runs keep, slugs, both notations, and flows that are everybody's."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from evidoc.kernel.errors import Conflict, FlowNotFound, Forbidden, InvalidRequest, VersionNotFound
from evidoc.kernel.output import ValueOutput
from evidoc.kernel.principal import DEFAULT_ORG, Principal, Scope
from evidoc.kernel.records import FlowRecord
from evidoc.operations.builtin_flows import publish_builtin_flows
from evidoc.operations.flow_checks import LONGEST_SLUG
from tests.flows.open_house import READER, STRANGER, WHO, OpenHouse, task
from tests.flows.public_flows import NUMBER_AND_TOTAL, public_flow, result_of, step

NOTHING = public_flow(step("o", "output", source=[]))
NUMBERS = public_flow(step("x", "extract", schema=NUMBER_AND_TOTAL))
BUILT_IN = ["contract-extractor", "document-extractor", "invoice-extractor", "receipt-extractor"]


def publish(house: OpenHouse, definition: Any, **facts: Any) -> FlowRecord:
    return house.flows.publish(WHO, definition, **facts)[0]


def test_a_run_keeps_the_version_that_it_began_with(house: OpenHouse, invoice: Path) -> None:
    document = house.upload(invoice)
    first = publish(house, NOTHING, slug="kept", name="Kept")
    second = publish(house, NUMBERS, slug="kept")
    assert (first.flow_id, first.version, second.version, second.name) == (second.flow_id, 1, 2, "Kept")
    old = house.ended(house.runs.start(WHO, "kept", document.document_id, version=1).run)
    new = house.ended(house.runs.start(WHO, "kept", document.document_id).run)
    assert (old.record.flow_version, result_of(old).value) == (1, {})
    assert (new.record.flow_version, result_of(new).value["invoice_number"]) == (2, "NW-2024-118")
    with pytest.raises(VersionNotFound):
        house.runs.start(WHO, "kept", document.document_id, version=3)
    assert house.flows.versions(WHO, "kept") == (2, 1)
    assert house.flows.resolve(WHO, first.flow_id, 1)[1].source == NOTHING


def test_publishing_what_is_there_makes_no_version(house: OpenHouse) -> None:
    publish(house, NUMBERS, slug="same", name="Same", description="numbers")
    again = publish(house, NUMBERS, slug="same")
    assert (again.version, again.description) == (1, "numbers")


def test_a_slug_is_made_from_the_name_and_never_taken_twice(house: OpenHouse) -> None:
    slugs = [publish(house, NOTHING, name=name).slug for name in ("Bons de réception!", "Bons de réception!", "送り状")]
    assert slugs == ["bons-de-reception", "bons-de-reception-2", "flow"]
    assert publish(house, NOTHING, name="Invoice extractor").slug == "invoice-extractor-2"
    many = [publish(house, NOTHING, name="n" * 200) for _ in range(25)]
    assert len({flow.slug for flow in many}) == len({flow.flow_id for flow in many}) == 25
    assert max(len(flow.slug or "") for flow in many) <= LONGEST_SLUG


@pytest.mark.parametrize("slug", ["", "Upper", "two--hyphens", "-", "a b", "x" * 65, "ends-"])
def test_what_is_no_slug_is_refused(house: OpenHouse, slug: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        house.flows.create(WHO, "A flow", "", NOTHING, slug)
    assert [detail.field for detail in caught.value.details] == ["slug"]


def test_many_who_publish_one_slug_at_once_make_one_flow(house: OpenHouse) -> None:
    made: list[FlowRecord] = []
    start = threading.Barrier(6)

    def one(number: int) -> None:
        start.wait(30)
        made.append(publish(house, public_flow(step(f"s{number}", "output", source=[])), slug="raced"))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len({record.flow_id for record in made}) == 1
    assert sorted(record.version for record in made) == [1, 2, 3, 4, 5, 6]


def test_many_who_publish_under_one_name_at_once_make_a_flow_each(house: OpenHouse) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: publish(house, NOTHING, name="Crowded"), range(24)))
    assert len({record.flow_id for record in made}) == len({record.slug for record in made}) == 24
    assert {record.version for record in made} == {1}


def test_a_definition_comes_back_as_it_was_given_in_either_notation(house: OpenHouse) -> None:
    public = publish(house, NUMBERS, name="Public")
    assert (public.notation, public.source) == ("doclo-1.0.0", NUMBERS)
    tasks = {"tasks": [task("a", "document_parser")]}
    own = house.flows.create(WHO, "Own", "", tasks)
    assert (own.notation, own.definition, own.source, own.slug) == ("tasks", tasks, None, None)
    changed = house.flows.update(WHO, own.flow_id, definition=NUMBERS)
    assert (changed.version, changed.source) == (2, NUMBERS)
    back = house.flows.update(WHO, own.flow_id, definition=tasks)
    assert (back.version, back.notation, back.source) == (3, "tasks", None)


def test_a_flow_may_not_name_one_that_is_not_there_or_itself(house: OpenHouse) -> None:
    def faults(definition: Any, **facts: Any) -> list[tuple[str, str]]:
        with pytest.raises(InvalidRequest) as caught:
            publish(house, definition, **facts)
        return [(detail.field, detail.message) for detail in caught.value.details]

    def trigger(name: str) -> dict[str, Any]:
        return public_flow(step("t", "trigger", flowRef=name))

    at = "definition.steps[0].config.flowRef"
    assert faults(trigger("nowhere")) == [(at, "there is no flow 'nowhere'")]
    assert faults(trigger("invoice-extractor@99")) == [(at, "there is no version 99 of the flow 'invoice-extractor'")]
    publish(house, NOTHING, slug="selfish")
    assert faults(trigger("selfish"), slug="selfish") == [(at, "a flow cannot run itself")]
    own = {"tasks": [task("t", "trigger", flow="nowhere")]}
    assert faults(own) == [("definition.tasks[0].config.flow", "there is no flow 'nowhere'")]
    stranger, _ = house.flows.publish(STRANGER, NOTHING, slug="theirs")
    assert faults(trigger(stranger.flow_id))[0][0] == at


def test_checking_keeps_nothing(house: OpenHouse) -> None:
    before = house.flows.list(WHO).total
    assert house.flows.check(READER, NUMBERS).valid
    checked = house.flows.check(READER, public_flow(step("x", "extract")))
    assert [(error.type, error.path) for error in checked.errors] == [("invalid_config", "steps[0].config.schema")]
    assert not house.flows.check(READER, {"tasks": []}).valid
    assert house.flows.list(WHO).total == before


def test_built_in_flows_are_everybodys_and_nobodys(house: OpenHouse, invoice: Path) -> None:
    publish_builtin_flows(house.house)
    for who in (WHO, STRANGER):
        assert [flow.slug for flow in house.flows.list_all(who, 100).items][-4:] == BUILT_IN
        record, version = house.flows.resolve(who, "invoice-extractor")
        assert (record.flow_id, version.version) == ("invoice-extractor", record.version)
        for change in ({"name": "mine"}, {"definition": NOTHING}):
            with pytest.raises(Forbidden):
                house.flows.update(who, "invoice-extractor", **change)
        with pytest.raises(Forbidden):
            house.flows.deactivate(who, "invoice-extractor")
        with pytest.raises(Conflict):
            house.flows.publish(who, NOTHING, slug="invoice-extractor")
    document = house.upload(invoice)
    view = house.ended(house.runs.start(WHO, "invoice-extractor", document.document_id).run)
    output = result_of(view)
    assert isinstance(output, ValueOutput)
    assert output.value["invoiceNumber"] == "NW-2024-118"
    assert house.flows.get(WHO, "invoice-extractor")[1].successful == 1
    assert house.flows.get(STRANGER, "invoice-extractor")[1].total == 0, "how others used it is their own"


def test_what_may_be_done_with_flows_depends_on_the_scope(house: OpenHouse) -> None:
    executor = Principal(DEFAULT_ORG, frozenset({Scope.FLOWS_EXECUTE}))
    for denied in (
        lambda: house.flows.resolve(executor, "invoice-extractor"),
        lambda: house.flows.list_all(executor),
        lambda: house.flows.publish(READER, NOTHING),
        lambda: house.flows.create(READER, "x", "", NOTHING),
        lambda: house.flows.resolve(Principal(DEFAULT_ORG, frozenset()), "invoice-extractor"),
    ):
        with pytest.raises(Forbidden):
            denied()
    with pytest.raises(FlowNotFound):
        house.flows.resolve(WHO, "nowhere")
