"""The SOAP adapter against the two demo systems: crm (1.1, document, UsernameToken) and erp (1.2, rpc, sessions)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from adapters.conformance import LookupSample, SearchSample, conform
from adapters.soap.adapter import SoapAdapter
from adapters.soap.build import build
from adapters.soap.registration import SoapSource
from adapters.spi import Key, Lookup, Rejected, Search, Unavailable, Unsupported
from adapters.types import FieldType, Types
from examples.backoffice import crm, erp
from examples.backoffice.calls import Calls
from examples.backoffice.world import World

TEXT = FieldType("String")
NEEDED = FieldType("String", required=True)
TYPES = Types(
    objects={
        "Customer": {
            "number": NEEDED,
            "kind": FieldType("PartyKind", required=True),
            "givenName": TEXT,
            "familyName": TEXT,
            "organisation": TEXT,
            "email": TEXT,
            "phone": TEXT,
            "birthDate": FieldType("Date"),
            "addresses": FieldType("CustomerAddress", lists=1, required=True, item_required=True),
            "groups": FieldType("String", lists=1, item_required=True),
            "locale": FieldType("Locale"),
            "createdAt": FieldType("DateTime"),
            "version": NEEDED,
            "score": FieldType("Decimal"),
            "home": TEXT,
            "loyaltyCard": TEXT,
        },
        "CustomerAddress": {
            "address": FieldType("Address", required=True),
            "defaultShipping": FieldType("Boolean", required=True),
        },
        "Address": {"lines": FieldType("String", lists=1, required=True), "city": NEEDED},
        "StockLevel": {
            "sku": NEEDED,
            "locationCode": NEEDED,
            "safetyStock": FieldType("Decimal"),
            "incoming": FieldType("IncomingSupply", lists=1, item_required=True),
        },
        "IncomingSupply": {"reference": NEEDED, "quantity": FieldType("Decimal", required=True)},
    },
    enums={"PartyKind": frozenset({"PERSON", "ORGANISATION"})},
)

CRM: dict[str, Any] = {
    "source": "crm",
    "role": "CRM",
    "kind": "soap",
    "wsdl": str(crm.CONTRACT),
    "endpoint": "http://crm.example.test/crm",
    "auth": {"wsse": {"username": "crossdock", "password": "dock"}},
    "fault_code": "Problem.Code",
    "faults": {"CRM-404": "missing"},
    "time_zone": "Europe/Berlin",
    "entities": {
        "Customer": {
            "key": "number",
            "keys": {"loyaltyCard": "Ids.Id[?\"@Type\"=='LOY'].Value | [0]"},
            "fields": {
                "number": {"from": "CustNo", "form": {"graph": "C{:06}", "source": "{:010}"}},
                "kind": {"from": "@Typ", "map": {"P": "PERSON", "F": "ORGANISATION"}},
                "givenName": "Name.First",
                "familyName": "Name.Last",
                "organisation": "Company",
                "email": "Email",
                "phone": {"from": "Phone", "empty": "null"},
                "birthDate": {"from": "Born", "as": "date(yyyyMMdd)", "null_if": ["00000000"]},
                "locale": {"from": "Lang", "map": {"D": "de", "E": "en", "F": "fr", "N": "nl"}},
                "createdAt": {"from": "Created", "as": "instant(yyyyMMdd)"},
                "version": "@Rev",
                "score": "Score",
                "home": "Home",
                "groups": {"each": "Groups.Group"},
                "addresses": {
                    "each": "Addresses.Address",
                    "fields": {
                        "address": {"fields": {"lines": {"from": "Street", "split": "\n"}, "city": "City"}},
                        "defaultShipping": {"from": "ShipFlag", "as": "flag(J, N)"},
                    },
                },
            },
            "lookup": {
                "number": {
                    "operation": "GetCustomers",
                    "arguments": {"Ids": {"string": "$keys"}},
                    "rows": "Customers.Customer",
                    "batch": 50,
                },
                "email": {"operation": "FindCustomer", "arguments": {"Email": "$key"}, "rows": "Customer", "batch": 1},
                "loyaltyCard": {
                    "operation": "FindCustomer",
                    "arguments": {"Card": "$key"},
                    "rows": "Customer",
                    "batch": 1,
                },
            },
            "search": {
                "search": {
                    "operation": "SearchCustomers",
                    "arguments": {"Query": "$filter.search", "Start": "$offset", "Max": "$first"},
                    "rows": "Rows.Row",
                    "total": "Total",
                    "lookup": "number",
                }
            },
        }
    },
}

ERP: dict[str, Any] = {
    "source": "erp",
    "role": "ERP",
    "kind": "soap",
    "wsdl": str(erp.CONTRACT),
    "endpoint": "http://erp.example.test/erp",
    "auth": {
        "login": {
            "operation": "Login",
            "arguments": {"user": "crossdock", "password": "dock"},
            "token": "sessionToken",
            "ttl": "5m",
            "renew_on": ["SESSION"],
        }
    },
    "entities": {
        "StockLevel": {
            "key": "sku locationCode",
            "fields": {
                "sku": {"from": "matnr", "form": {"graph": "A-{:05}", "source": "{:018}"}},
                "locationCode": "werks",
                "safetyStock": "eisbe",
                "incoming": {"each": "supplies.item", "fields": {"reference": "ebeln", "quantity": "menge"}},
            },
            "lookup": {
                "sku locationCode": {
                    "operation": "GetSupply",
                    "arguments": {"sessionToken": "$token", "keys": {"item": [{"matnr": "$key.0", "werks": "$key.1"}]}},
                    "rows": "rows.item",
                    "batch": 100,
                }
            },
        }
    },
}


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def changed(registration: Mapping[str, Any], **words: Any) -> SoapSource:
    return SoapSource.model_validate({**registration, **words})


def adapter(registration: SoapSource, app: Any) -> SoapAdapter:
    return build(registration, TYPES, httpx.ASGITransport(app=app))


@pytest.fixture
async def customers(world: World) -> AsyncIterator[SoapAdapter]:
    made = adapter(changed(CRM), crm.app(world))
    yield made
    await made.aclose()


async def test_the_customer_master_keeps_the_contract(customers: SoapAdapter, world: World) -> None:
    numbers = [f"C{customer.number:06}" for customer in world.customers[:7]]
    emails = [customer.email for customer in world.customers[:2]]
    cards = [customer.card for customer in world.customers if customer.card][:2]
    await conform(
        customers,
        [
            LookupSample("Customer", "number", numbers, "C999999"),
            LookupSample("Customer", "email", emails, "nobody@example.test"),
            LookupSample("Customer", "loyaltyCard", cards, "0000000000000"),
        ],
        [SearchSample("Customer", "search", {"search": "greta b"}, page=3, most=40)],
    )


async def test_records_say_what_the_customer_master_knows(customers: SoapAdapter, world: World) -> None:
    keys: list[Key] = [f"C{customer.number:06}" for customer in world.customers[:50]]
    fields = frozenset(path.split(".")[0] for path in customers.capabilities["Customer"].fields)
    found = (await customers.lookup(Lookup("Customer", "number", keys, fields))).found
    for customer, key in zip(world.customers, keys, strict=False):
        values = found[key].values
        assert found[key].errors is None
        assert (values["givenName"], values["familyName"]) == (customer.first_name, customer.last_name)
        assert values["organisation"] == customer.company
        assert values["phone"] == (customer.phone or None)
        assert values["birthDate"] == (customer.birth_date.isoformat() if customer.birth_date else None)
        assert values["groups"] == list(customer.groups)
        assert values["loyaltyCard"] == (customer.card or None)
        assert [address["address"]["lines"] for address in values["addresses"]] == [
            crm.lines(address) for address in customer.addresses
        ]


@pytest.mark.parametrize(
    "wsse", [{}, {"digest": True}, {"timestamp_ttl": "5m"}, {"digest": True, "timestamp_ttl": "1m"}]
)
async def test_every_kind_of_username_token_is_taken(world: World, wsse: dict[str, Any]) -> None:
    token = {"username": "crossdock", "password": 'd<&">ock', **wsse}
    made = adapter(changed(CRM, auth={"wsse": token}), crm.app(world, password='d<&">ock'))
    assert (await made.lookup(Lookup("Customer", "number", ["C000001"], frozenset({"email"})))).found


async def test_a_wrong_password_is_the_gateways_fault_and_is_told_nowhere(world: World) -> None:
    made = adapter(changed(CRM, auth={"wsse": {"username": "crossdock", "password": "sesame"}}), crm.app(world))
    with pytest.raises(Unavailable) as error:
        await made.lookup(Lookup("Customer", "number", ["C000001"], frozenset({"email"})))
    assert "FailedAuthentication" in error.value.detail and "check `auth`" in error.value.detail
    assert "sesame" not in str(error.value) + repr(changed(CRM, auth={"wsse": {"username": "u", "password": "sesame"}}))
    assert error.value.message == Unavailable.default_message


async def test_a_fault_that_means_nothing_in_particular_is_a_refusal_without_its_text(world: World) -> None:
    made = adapter(changed(CRM, faults={}), crm.app(world))
    with pytest.raises(Rejected) as error:
        await made.lookup(Lookup("Customer", "email", ["ann@example.test"], frozenset({"email"})))
    assert "ann@example.test" not in str(error.value)
    assert error.value.message == Rejected.default_message


async def test_a_search_without_its_filter_is_refused_when_the_wsdl_needs_it(customers: SoapAdapter) -> None:
    with pytest.raises(Unsupported, match="Missing element Query"):
        await customers.search(Search("Customer", "search", 2, frozenset({"email"})))


async def test_a_slim_row_of_a_search_is_completed_by_the_lookup(world: World) -> None:
    calls = crm.app(world)
    assert isinstance(calls, Calls)
    made = adapter(changed(CRM), calls)
    request = Search("Customer", "search", 3, frozenset({"email", "birthDate"}), filters={"search": "greta"})
    page = (await made.search(request)).pages[None]
    assert len(page.records) == 3 and page.has_next and page.total and page.total > 3
    assert all(record.values["birthDate"] for record in page.records)
    assert (calls.by["SearchCustomers"], calls.by["GetCustomers"]) == (1, 1)


async def test_the_erp_keeps_the_contract(world: World) -> None:
    made = adapter(changed(ERP), erp.app(world))
    plants = list(world.locations)[:3]
    known: list[Key] = [(sku, plant) for sku in list(world.materials)[:3] for plant in plants]
    await conform(made, [LookupSample("StockLevel", "sku locationCode", known, ("A-99999", plants[0]))])


async def test_a_session_that_ended_is_opened_again_for_all_who_wait(world: World) -> None:
    calls = erp.app(world, latency=0.01, session_ttl=0.5)
    assert isinstance(calls, Calls)
    made = adapter(changed(ERP), calls)
    key = (next(iter(world.materials)), next(iter(world.locations)))
    request = Lookup("StockLevel", "sku locationCode", [key], frozenset({"safetyStock"}))
    for logins in (1, 2):
        answers = await asyncio.gather(*(made.lookup(request) for _ in range(10)))
        assert all(answer.found for answer in answers)
        assert calls.by["Login"] == logins
        await asyncio.sleep(0.6)


async def test_a_refused_login_is_unavailable_and_tells_nobody_why_but_the_log(world: World) -> None:
    login = {**ERP["auth"]["login"], "arguments": {"user": "crossdock", "password": "sesame"}}
    registration = changed(ERP, auth={"login": login})
    made = adapter(registration, erp.app(world))
    with pytest.raises(Unavailable, match=r"login refused: SOAP fault LOGIN.*check `auth`") as error:
        await made.lookup(Lookup("StockLevel", "sku locationCode", [("A-00001", "W1")], frozenset({"safetyStock"})))
    assert error.value.message == Unavailable.default_message
    assert "sesame" not in str(error.value) + repr(registration)
