"""The settings of webhooks: what an operator may say, and what is refused before the server starts."""

from dataclasses import fields

import pytest

from evidoc.flows.deliver import SCHEDULE
from evidoc.server.settings import BadSetting, Settings, load


def test_the_default_schedule_is_the_published_one() -> None:
    (default,) = (item.default for item in fields(Settings) if item.name == "webhook_retry_seconds")
    assert tuple(float(seconds) for seconds in str(default).split(",")) == SCHEDULE


@pytest.mark.parametrize("value", ["0", "0,5,60", " 0 , 0.2 ,3600", "1.5"])
def test_a_schedule_is_seconds_with_commas_between(value: str) -> None:
    assert load({"EVIDOC_WEBHOOK_RETRY_SECONDS": value}).webhook_retry_seconds == value.strip()


@pytest.mark.parametrize("value", ["soon", "0,,5", "0,-5", "0;5", ",", "1e9", "99999999999"])
def test_a_schedule_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(BadSetting, match="webhook_retry_seconds"):
        load({"EVIDOC_WEBHOOK_RETRY_SECONDS": value})


@pytest.mark.parametrize("value", ["hooks.lan, 10.0.0.0/8", "*.svc.local:8080", "[::1]:9000", ","])
def test_hosts_are_opened_by_name_address_or_network(value: str) -> None:
    assert load({"EVIDOC_ALLOWED_HOSTS": value}).allowed_hosts == value.strip()


@pytest.mark.parametrize("value", ["http://hooks.lan", "10.0.0.0/99", "*", "a b"])
def test_a_host_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(BadSetting, match="allowed_hosts"):
        load({"EVIDOC_ALLOWED_HOSTS": value})
