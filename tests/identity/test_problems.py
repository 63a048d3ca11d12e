"""What does not fit is said at its place, with what would."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config.problems import ConfigurationError
from tests.identity.estate import FILES, People


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("Customer:", "Custmer:", "3:3 identity.Custmer: expected a type of the graph with a key of one field, found"),
        (
            "Customer:",
            "StockLevel:",
            "3:3 identity.StockLevel: expected a type of the graph with a key of one field, found StockLevel",
        ),
        (
            "loyalty: loyaltyCard",
            "loyalti: loyaltyCard",
            "4:28 identity.Customer.sources.loyalti: expected the name of a registered source, found loyalti; "
            "did you mean `loyalty`?",
        ),
        (
            "loyalty: loyaltyCard",
            "loyalty: loyaltyCart",
            "4:28 identity.Customer.sources.loyalty: expected a field or hidden key of Customer, found loyaltyCart; "
            "did you mean `loyaltyCard`?",
        ),
        (
            "pos: externalId",
            "pos: number",
            "4:50 identity.Customer.sources.pos: expected a field or hidden key by which pos looks up one Customer, "
            "found number; pos looks up Customer by externalId or loyaltyCard or email or phone",
        ),
        (
            "crm: number",
            "crm: email",
            "4:15 identity.Customer.sources.crm: expected number, by which crm looks up Customer, as its key is the "
            "graph's, found email",
        ),
        (
            "oms: number",
            "oms: externalId",
            "4:67 identity.Customer.sources.oms: expected a field or hidden key that crm gives, as oms registers no "
            "Customer, found externalId",
        ),
        (
            "email: email",
            "birthDate: exact",
            "5:33 identity.Customer.match.birthDate: expected a field or hidden key that crm gives, found birthDate; "
            "map it in crm's file",
        ),
        (
            "email: email",
            "familyName: exact",
            "5:33 identity.Customer.match.familyName: expected a lookup of Customer by familyName in loyalty or pos or "
            "oms, found none",
        ),
        ("email: email", "email: mail", "5:33 identity.Customer.match.email: expected "),
        (
            "links: crosswalk",
            "links: loyalty",
            "6:5 identity.Customer.links: expected a source that looks up IdentityLink by `source value`, many for "
            "one, found loyalty, which does not",
        ),
        (
            "[loyalty, pos]",
            "[loyalty, oms]",
            "7:37 identity.Customer.survivorship.phone[1]: expected one of sources that gives Customer.phone, found "
            "oms; crm, loyalty, pos",
        ),
    ],
)
def test_a_mistake(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in FILES["gateway"]
    with pytest.raises(ConfigurationError) as raised:
        People(tmp_path, {}, {"gateway": FILES["gateway"].replace(before, after, 1)})
    assert f"gateway.yaml:{told}" in str(raised.value)


def test_a_route_beside_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        People(tmp_path, {}, {"gateway": FILES["gateway"] + "routes: {Customer: crm}\n"})
    assert "routes.Customer: expected no route, found one; identity.Customer.sources says whose" in str(raised.value)


def test_without_an_identity_there_are_no_external_ids(tmp_path: Path) -> None:
    people = People(tmp_path, {}, {"gateway": "routes: {Customer: crm}\n"})
    schema = people.gateway.composition.schema
    assert "externalIds" not in schema.type_map["Customer"].fields  # type: ignore[attr-defined]
    assert "fields" not in schema.type_map["Provenance"].fields  # type: ignore[attr-defined]
    assert "external" not in schema.query_type.fields["customer"].args  # type: ignore[union-attr]
