"""The two SOAP systems, asked over a real port by a client which takes their WSDL files at their word."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn
import zeep
from lxml import etree
from starlette.types import ASGIApp
from zeep.exceptions import Fault
from zeep.wsse import username

from examples.backoffice import crm, erp, soap
from examples.backoffice.world import World
from examples.backoffice.world.people import Customer

Client: Any = zeep.Client
UsernameToken: Any = username.UsernameToken
STRICT = zeep.Settings(strict=True)
CUSTOMER_XML = "<c:GetCustomers xmlns:c='urn:crm:customer:v2'><c:Ids>{}</c:Ids></c:GetCustomers>"
LOGIN_XML = "<e:Login xmlns:e='urn:erp:mm'><user>crossdock</user><password>dock</password></e:Login>"
SECURITY = (
    f"<w:Security xmlns:w='{soap.WSSE}'><w:UsernameToken><w:Username>crossdock</w:Username>"
    "<w:Password>dock</w:Password></w:UsernameToken></w:Security>"
)


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The base URL of the app on a free port."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def crm_url(world: World) -> Iterator[str]:
    with served(crm.app(world)) as url:
        yield url


@pytest.fixture(scope="module")
def erp_url(world: World) -> Iterator[str]:
    with served(erp.app(world)) as url:
        yield url


@pytest.fixture(scope="module")
def customers(crm_url: str) -> Any:
    return crm_port(crm_url, UsernameToken("crossdock", "dock"))


@pytest.fixture(scope="module")
def materials(erp_url: str) -> Any:
    return erp_port(erp_url)


@pytest.fixture(scope="module")
def token(materials: Any) -> str:
    return str(materials.Login(user="crossdock", password="dock"))


def crm_port(url: str, wsse: Any) -> Any:
    client = Client(str(crm.CONTRACT), wsse=wsse, settings=STRICT)
    return client.create_service("{urn:crm:service:v2}CustomerBinding", f"{url}/crm")


def erp_port(url: str) -> Any:
    client = Client(str(erp.CONTRACT), settings=STRICT)
    return client.create_service("{urn:erp:mm}MaterialBinding", f"{url}/erp")


def post11(url: str, body: str, header: str = SECURITY, **headers: str) -> httpx.Response:
    envelope = (
        f"<s:Envelope xmlns:s='{soap.SOAP11.namespace}'>"
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
    sent = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', **headers}
    return httpx.post(f"{url}/crm", content=envelope.encode(), headers=sent)


def post12(url: str, body: str, kind: str = "application/soap+xml; charset=utf-8") -> httpx.Response:
    envelope = f"<s:Envelope xmlns:s='{soap.SOAP12.namespace}'><s:Body>{body}</s:Body></s:Envelope>"
    return httpx.post(f"{url}/erp", content=envelope.encode(), headers={"Content-Type": kind})


def reply(answer: httpx.Response) -> Any:
    """The element in the body of the reply."""
    return etree.fromstring(answer.content)[-1][0]


def asked(customers: list[Customer]) -> dict[str, list[str]]:
    return {"string": [crm.padded(customer.number) for customer in customers]}


# --- the CRM answers


def test_customers_come_in_another_order_and_strangers_are_left_out(customers: Any, world: World) -> None:
    ids = asked(world.customers[:12])
    found = customers.GetCustomers(Ids={"string": [*ids["string"], "0000099999", "12", ids["string"][0]]})
    numbers = [customer.CustNo for customer in found]
    assert sorted(numbers) == ids["string"]
    assert numbers != ids["string"]


def test_a_customer_is_written_in_the_codes_of_the_crm(customers: Any, world: World) -> None:
    truth = next(c for c in world.customers if c.kind == "person" and c.card and c.phone and c.groups)
    found = customers.GetCustomers(Ids=asked([truth]))[0]
    assert (found.Typ, found.CustNo, found.Email) == ("P", f"{truth.number:010d}", truth.email)
    assert (found.Name.First, found.Name.Last, found.Phone) == (
        truth.first_name,
        truth.last_name,
        truth.phone,
    )
    assert found.Company is None
    assert found.Born == f"{truth.birth_date:%Y%m%d}"
    assert [(number.Type, number.Value) for number in found.Ids.Id] == [("LOY", truth.card)]
    assert tuple(found.Groups.Group) == truth.groups
    assert found.Home == truth.preferred_location
    assert isinstance(found.Score, Decimal)
    assert found.Rev == int(truth.changed.timestamp())


def test_addresses_have_lines_and_flags(customers: Any, world: World) -> None:
    truth = next(c for c in world.customers if len(c.addresses) > 1 and c.addresses[0].extra)
    found = customers.GetCustomers(Ids=asked([truth]))[0].Addresses.Address
    address = truth.addresses[0]
    assert found[0].Street.split("\n") == [f"{address.street} {address.house}", address.extra]
    assert (found[0].Zip, found[0].City, found[0].Ctry) == (
        address.postal_code,
        address.city,
        address.country,
    )
    assert (found[0].ShipFlag, found[0].BillFlag) == ("N", "J")
    assert [address.Label for address in found] == [address.label for address in truth.addresses]


def test_consents_have_the_time_of_berlin(customers: Any, world: World) -> None:
    truth = world.customers[6]
    found = customers.GetCustomers(Ids=asked([truth]))[0].Consents.Consent
    times = [datetime.strptime(consent.Changed, "%Y%m%d%H%M%S").replace(tzinfo=crm.BERLIN) for consent in found]
    assert times == [consent.changed for consent in truth.consents]
    assert [consent.Flag == "J" for consent in found] == [consent.granted for consent in truth.consents]
    assert {consent.Purpose for consent in found} <= {"EML", "SMS", "PST", "PRF"}


def test_a_firm_has_a_company_and_a_tax_number_but_no_birthday(customers: Any, world: World) -> None:
    truth = next(c for c in world.customers if c.kind == "organisation")
    found = customers.GetCustomers(Ids=asked([truth]))[0]
    assert (found.Typ, found.Company, found.Born) == ("F", truth.company, "00000000")
    assert found.Ids.Id[0].Type == "TAX"


def test_no_telephone_is_nil_or_empty_or_absent(crm_url: str, world: World) -> None:
    without = [customer for customer in world.customers if not customer.phone][:30]
    ids = "".join(f"<c:string>{number}</c:string>" for number in asked(without)["string"])
    element = reply(post11(crm_url, CUSTOMER_XML.format(ids)))
    nil = f"{{{crm.XSI}}}nil"
    ways = {phone.get(nil, "empty") for phone in element.iter(f"{crm.C}Phone")}
    absent = [customer for customer in element.iter(f"{crm.C}Customer") if customer.find(f"{crm.C}Phone") is None]
    assert ways == {"true", "empty"}
    assert absent


def test_every_customer_obeys_the_schema(world: World) -> None:
    schema = soap.Contract(crm.CONTRACT, soap.SOAP11)
    response = etree.Element(f"{crm.C}GetCustomersResponse")
    found = etree.SubElement(response, f"{crm.C}Customers")
    for customer in world.customers[::3]:
        found.append(crm.written(customer))
    schema.check(response)


def test_a_customer_is_found_by_email_and_by_card(customers: Any, world: World) -> None:
    truth = next(customer for customer in world.customers if customer.card)
    assert customers.FindCustomer(Email=truth.email.upper()).CustNo == f"{truth.number:010d}"
    assert customers.FindCustomer(Card=truth.card).CustNo == f"{truth.number:010d}"


def test_an_unknown_customer_is_a_fault_with_a_code(customers: Any) -> None:
    with pytest.raises(Fault) as caught:
        customers.FindCustomer(Email="nobody@example.test")
    assert caught.value.code == "soap:Client"
    assert caught.value.detail.findtext(f"{crm.C}Problem/{crm.C}Code") == "CRM-404"


def test_search_goes_page_by_page_through_all_that_begin_with_the_query(customers: Any, world: World) -> None:
    names = ("first_name", "last_name", "company", "email")
    expected = {
        crm.padded(customer.number)
        for customer in world.customers
        if any((getattr(customer, name) or "").casefold().startswith("köh") for name in names)
    }
    first = customers.SearchCustomers(Query="KÖH", Start=0, Max=100)
    rows = list(first.Rows.Row)
    while len(rows) < first.Total:
        rows += customers.SearchCustomers(Query="KÖH", Start=len(rows), Max=100).Rows.Row
    assert len(rows) == first.Total == len(expected)
    assert {row.CustNo for row in rows} == expected


def test_search_has_a_page_of_twenty_unless_told(customers: Any, crm_url: str) -> None:
    query = "<c:SearchCustomers xmlns:c='urn:crm:customer:v2'><c:Query>a</c:Query></c:SearchCustomers>"
    assert len(list(reply(post11(crm_url, query)).iter(f"{crm.C}Row"))) == 20
    assert customers.SearchCustomers(Query="nobody has this name", Start=0, Max=5).Total == 0


# --- the CRM refuses


@pytest.mark.parametrize("wsse", [None, UsernameToken("crossdock", "wrong"), UsernameToken("other", "dock")])
def test_without_a_good_token_nothing_is_answered(crm_url: str, wsse: Any) -> None:
    with pytest.raises(Fault) as caught:
        crm_port(crm_url, wsse).GetCustomers(Ids={"string": ["0000000001"]})
    assert caught.value.code == "wsse:FailedAuthentication"


def test_a_digested_password_is_as_good(crm_url: str) -> None:
    port = crm_port(crm_url, UsernameToken("crossdock", "dock", use_digest=True))
    assert port.GetCustomers(Ids={"string": ["0000000001"]})[0].CustNo == "0000000001"
    with pytest.raises(Fault, match="could not be authenticated"):
        crm_port(crm_url, UsernameToken("crossdock", "wrong", use_digest=True)).SearchCustomers(Query="a")


@pytest.mark.parametrize("nonce", ["", "not base64", "é"])
def test_a_broken_digest_is_refused(crm_url: str, nonce: str) -> None:
    header = SECURITY.replace("<w:Password>dock<", f"<w:Password Type='{soap.DIGEST}'><").replace(
        "</w:UsernameToken>", f"<w:Nonce>{nonce}</w:Nonce></w:UsernameToken>"
    )
    answer = post11(crm_url, CUSTOMER_XML.format(""), header)
    assert reply(answer).findtext("faultcode") == "wsse:FailedAuthentication"


def test_what_the_schema_forbids_is_named_in_the_fault(crm_url: str) -> None:
    answer = post11(crm_url, CUSTOMER_XML.format("<c:number>1</c:number>"))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert reply(answer).findtext("faultcode") == "soap:Client"
    assert "This element is not expected" in reply(answer).findtext("faultstring")


def test_more_than_fifty_customers_are_too_many(crm_url: str) -> None:
    ids = "".join(f"<c:string>{number:010d}</c:string>" for number in range(1, 52))
    assert post11(crm_url, CUSTOMER_XML.format(ids)).status_code == 500


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "exactly one element"),
        ("<a/><b/>", "exactly one element"),
        ("<a>", "not well-formed"),
        ("<Steal xmlns='urn:crm:customer:v2'/>", "No matching global"),
        ("<c:Problem xmlns:c='urn:crm:customer:v2'><c:Code/><c:Text/></c:Problem>", "no operation"),
    ],
)
def test_an_envelope_with_something_else_in_it_is_refused(crm_url: str, body: str, words: str) -> None:
    answer = post11(crm_url, body)
    assert (answer.status_code, reply(answer).findtext("faultcode")) == (500, "soap:Client")
    assert words in reply(answer).findtext("faultstring")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"hello", "soap:Client"),
        (b"", "soap:Client"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "soap:Client"),
        (b"<Order/>", "soap:Client"),
        (
            f"<s:Envelope xmlns:s='{soap.SOAP12.namespace}'><s:Body/></s:Envelope>".encode(),
            "soap:VersionMismatch",
        ),
    ],
)
def test_what_is_no_envelope_is_refused(crm_url: str, content: bytes, code: str) -> None:
    headers = {"Content-Type": "text/xml", "SOAPAction": '""'}
    answer = httpx.post(f"{crm_url}/crm", content=content, headers=headers)
    assert (answer.status_code, reply(answer).findtext("faultcode")) == (500, code)


def test_a_header_that_must_be_understood_is_not(crm_url: str) -> None:
    header = f"<x:Pay xmlns:x='urn:x' xmlns:s='{soap.SOAP11.namespace}' s:mustUnderstand='1'/>"
    answer = post11(crm_url, CUSTOMER_XML.format(""), header + SECURITY)
    assert reply(answer).findtext("faultcode") == "soap:MustUnderstand"


def test_the_action_must_not_name_another_operation(crm_url: str) -> None:
    action = "urn:crm:service:v2#"
    body = CUSTOMER_XML.format("")
    assert post11(crm_url, body, SOAPAction=f'"{action}GetCustomers"').status_code == 200
    assert post11(crm_url, body, SOAPAction=f'"{action}FindCustomer"').status_code == 500


def test_the_other_content_type_is_refused(crm_url: str, erp_url: str) -> None:
    assert post11(crm_url, "", **{"Content-Type": "application/soap+xml"}).status_code == 415
    assert post12(erp_url, LOGIN_XML, "text/xml").status_code == 415


# --- the ERP


def test_items_have_a_tax_code_and_a_unit(materials: Any, token: str, world: World) -> None:
    skus = [next(m.sku for m in world.materials.values() if m.tax_class == tax) for tax in erp.TAX]
    asked = [erp.padded(sku) for sku in skus]
    found = materials.GetItems(sessionToken=token, skus={"item": [*asked, "9" * 18]})
    assert [row.matnr for row in found] == asked
    assert [row.taxkm for row in found] == ["1", "2", "0"]
    assert [row.meins for row in found] == [erp.UNITS[world.materials[sku].unit] for sku in skus]


def test_a_material_number_is_the_number_of_the_sku() -> None:
    assert erp.padded("A-00045") == "000000000000000045"


def test_supply_is_what_one_plant_expects(materials: Any, token: str, world: World) -> None:
    for kind, code in erp.KINDS.items():
        truth = next(s for m in world.materials.values() for s in m.supplies if s.kind == kind)
        sku = next(m.sku for m in world.materials.values() if truth in m.supplies)
        keys = {"item": [{"matnr": erp.padded(sku), "werks": truth.location}]}
        row = materials.GetSupply(sessionToken=token, keys=keys)[0]
        found = next(supply for supply in row.supplies.item if supply.ebeln == truth.reference)
        assert (row.matnr, row.werks) == (erp.padded(sku), truth.location)
        assert row.eisbe == f"{world.materials[sku].safety.get(truth.location, 0):.3f}"
        assert (found.kind, found.menge) == (code, f"{truth.quantity}.000")
        assert found.eindt == f"{truth.expected:%Y%m%d}"
        assert found.lifnr == (truth.supplier if kind == "purchase" else None)
        assert (found.conf or "") == ("X" if truth.confirmed else "")


def test_unknown_plants_and_materials_are_left_out(materials: Any, token: str) -> None:
    keys = [{"matnr": "9" * 18, "werks": "W01"}, {"matnr": f"{1:018d}", "werks": "X99"}]
    assert materials.GetSupply(sessionToken=token, keys={"item": keys}) is None


def test_every_supply_obeys_the_schema(world: World) -> None:
    store = erp.Store(world.materials, frozenset(world.locations), world.prices)
    keys = "".join(
        f"<item><matnr>{matnr}</matnr><werks>{werks}</werks></item>"
        for matnr in list(store.materials)[::20]
        for werks in world.locations
    )
    response = etree.Element(f"{{{erp.ERP}}}GetSupplyResponse")
    store.supply(etree.fromstring(f"<GetSupply><keys>{keys}</keys></GetSupply>"), response)
    assert len(response[0]) > 1000
    soap.Contract(erp.CONTRACT, soap.SOAP12).check(response)


def test_a_wrong_password_opens_no_session(materials: Any) -> None:
    with pytest.raises(Fault, match="Name or password is incorrect") as caught:
        materials.Login(user="crossdock", password="wrong")
    assert [code.localname for code in caught.value.subcodes] == ["LOGIN"]


def test_a_session_ends_after_its_time(world: World) -> None:
    with served(erp.app(world, session_ttl=0.5)) as url:
        port = erp_port(url)
        token = port.Login(user="crossdock", password="dock")
        skus = {"item": [f"{1:018d}"]}
        assert len(port.GetItems(sessionToken=token, skus=skus)) == 1
        time.sleep(0.6)
        with pytest.raises(Fault, match=r"^Session expired\. Try to relogin\.$") as caught:
            port.GetItems(sessionToken=token, skus=skus)
    assert caught.value.code == "env:Sender"
    assert caught.value.subcodes == [etree.QName(erp.ERP, "SESSION")]


def test_an_unknown_session_is_a_fault_of_soap_12(erp_url: str) -> None:
    body = "<e:GetItems xmlns:e='urn:erp:mm'><sessionToken>no</sessionToken><skus/></e:GetItems>"
    answer = post12(erp_url, body)
    value = f"{{{soap.SOAP12.namespace}}}Value"
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/soap+xml; charset=utf-8"
    assert [node.text for node in reply(answer).iter(value)] == ["env:Sender", "erp:SESSION"]


def test_rpc_wrappers_are_checked_too(erp_url: str) -> None:
    answer = post12(erp_url, LOGIN_XML.replace("<user>crossdock</user>", ""))
    assert "This element is not expected" in answer.text
    items = "<item>1</item>"
    body = f"<e:GetItems xmlns:e='urn:erp:mm'><sessionToken/><skus>{items}</skus></e:GetItems>"
    assert "pattern" in post12(erp_url, body).text


def test_the_action_of_soap_12_is_in_the_content_type(erp_url: str) -> None:
    kind = 'application/soap+xml; charset=utf-8; action="urn:erp:mm:{}"'
    assert post12(erp_url, LOGIN_XML, kind.format("Login")).status_code == 200
    assert post12(erp_url, LOGIN_XML, kind.format("GetItems")).status_code == 500


# --- both


def test_the_published_contract_works_as_well_as_the_files(crm_url: str, erp_url: str) -> None:
    token = UsernameToken("crossdock", "dock")
    client = Client(f"{crm_url}/crm?wsdl", wsse=token, settings=STRICT)
    assert client.service.SearchCustomers(Query="anna", Start=0, Max=1).Total > 0
    assert Client(f"{erp_url}/erp?wsdl", settings=STRICT).service.Login("crossdock", "dock")


def test_only_schemas_are_published(crm_url: str) -> None:
    assert httpx.get(f"{crm_url}/crm/xsd/types.xsd").status_code == 200
    assert httpx.get(f"{crm_url}/crm/xsd/crm.wsdl").status_code == 404
    assert httpx.get(f"{crm_url}/crm/xsd/..%2Ferp%2Ftypes.xsd").status_code == 404
    assert httpx.get(f"{crm_url}/crm").status_code == 405


def test_calls_are_counted_by_operation(world: World) -> None:
    with served(erp.app(world)) as url:
        port = erp_port(url)
        token = port.Login(user="crossdock", password="dock")
        for _ in range(2):
            port.GetItems(sessionToken=token, skus={"item": [f"{1:018d}"]})
        post12(url, "<Nonsense/>")
        assert httpx.get(f"{url}/_calls").json() == {
            "total": 4,
            "by": {"Login": 1, "GetItems": 2, "POST /erp": 1},
        }
        assert httpx.delete(f"{url}/_calls").status_code == 204
        assert httpx.get(f"{url}/_calls").json() == {"total": 0, "by": {}}


def test_latency_is_added_to_every_call(world: World) -> None:
    with served(erp.app(world, latency=0.1)) as url:
        started = time.perf_counter()
        assert post12(url, LOGIN_XML).status_code == 200
        assert time.perf_counter() - started >= 0.1
