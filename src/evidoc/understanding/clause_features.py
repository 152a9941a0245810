"""The features that contracts answer in clauses, by the names that callers give them."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Clause(StrEnum):
    """What a contract says in a sentence rather than beside a label."""

    TITLE = "title"
    PARTIES = "parties"
    AGREEMENT_DATE = "agreement_date"
    EFFECTIVE_DATE = "effective_date"
    EXPIRATION_DATE = "expiration_date"
    TERM = "term"
    GOVERNING_LAW = "governing_law"


_NAMES: Mapping[Clause, str] = MappingProxyType(
    {
        Clause.TITLE: "document_name document_title title contract_title agreement_name contract_name agreement_title "
        "name_of_agreement vertragsbezeichnung",
        Clause.PARTIES: "party parties contracting_parties contract_parties party_names parties_to_the_agreement "
        "vertragsparteien vertragspartner partijen partes parties_contractantes",
        Clause.AGREEMENT_DATE: "agreement_date contract_date date_of_agreement signing_date execution_date "
        "date_of_contract vertragsdatum date_du_contrat fecha_del_contrato",
        Clause.EFFECTIVE_DATE: "effective_date commencement_date start_date contract_start contract_start_date "
        "vertragsbeginn inkrafttreten date_effective",
        Clause.EXPIRATION_DATE: "expiration_date expiry_date end_date termination_date contract_end contract_end_date "
        "date_of_expiry vertragsende",
        Clause.TERM: "term contract_term term_of_agreement agreement_term duration initial_term term_length laufzeit "
        "vertragslaufzeit",
        Clause.GOVERNING_LAW: "governing_law jurisdiction applicable_law law choice_of_law governing_state "
        "governing_jurisdiction rechtswahl anwendbares_recht",
    }
)
_BY_NAME: Mapping[str, Clause] = MappingProxyType(
    {name: clause for clause, names in _NAMES.items() for name in names.split()}
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")


def clause_of(name: str) -> Clause | None:
    """The clause that answers a feature of that name, or none: ``governingLaw`` and ``Governing law`` are alike."""
    return _BY_NAME.get("_".join(_WORD.findall(_CAMEL.sub("_", name).casefold())))


def means_many(name: str) -> bool:
    """Whether a feature of that name has several answers though nobody said so: a contract has no single party."""
    return clause_of(name) is Clause.PARTIES
