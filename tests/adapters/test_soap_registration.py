"""Registrations that do not fit their WSDL: every mistake is found at start-up, all at once, each in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.problems import MappingProblem, MappingProblems
from adapters.soap import KIND
from adapters.soap.registration import SoapSource
from adapters.spi import Lookup
from tests.adapters.soap_shop import BY_SKU, FIELDS, TYPES, WSDL, Shop, answering, items, source, write

LOGIN = {"operation": "Login", "arguments": {"User": "dock", "Password": "sesame"}, "token": "Token"}


def problems(registration: SoapSource) -> list[MappingProblem]:
    with pytest.raises(MappingProblems) as error:
        KIND.build(registration, TYPES)
    return error.value.problems


def only(registration: SoapSource) -> str:
    (problem,) = problems(registration)
    return str(problem)


def lookup(**words: Any) -> dict[str, Any]:
    return {"lookup": {"sku": {**BY_SKU, **words}}}


def fields(**more: Any) -> dict[str, Any]:
    return {"fields": {**FIELDS, **more}}


AT = "entities.Item.lookup.sku"
ITEM = "Item with Sku, Name, Note, Price, Tag, Code, Length, Volume, Part, Extra, Count, @size"
PART = ITEM.replace("Item", "Part")
REQUEST = "GetItems with Sku, Active, Since, Range, Pair, Skip, Take, @client, @flags"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            lookup(operation="GetItem"),
            f"{AT}.operation: expected one of GetItems, Login, found `GetItem`; did you mean `GetItems`?",
        ),
        (
            lookup(arguments={"Skus": "$keys"}),
            f"{AT}.arguments.Skus: expected a name of {REQUEST}, found `Skus`; did you mean `Sku`?",
        ),
        (
            lookup(arguments={"Sku": "$keys", "Range": "$argument.range"}),
            f"{AT}.arguments.Range: expected the content of Range with From, To, found a plain value",
        ),
        (
            lookup(arguments={"Sku": "$keys", "Skip": [1, 2]}),
            f"{AT}.arguments.Skip: expected one value: `Skip` occurs once, found a list",
        ),
        (
            lookup(arguments={"Sku": "$keys", "Range": {"Form": 1}}),
            f"{AT}.arguments.Range.Form: expected a name of Range with From, To, found `Form`; did you mean `From`?",
        ),
        (
            lookup(arguments={"Skip": "$keys"}),
            f"{AT}.arguments.Skip: expected an element that may occur several times, found `Skip`; use `$key`",
        ),
        (
            lookup(arguments={"Sku": "$key"}),
            f"{AT}.arguments.Sku: expected `$keys` or a list of one item per key, found `$key`; or `batch: 1`",
        ),
        (
            lookup(arguments={"Take": 1}),
            f"{AT}.arguments: expected `$keys` or `$key`, found no place for the keys",
        ),
        (
            lookup(batch=50),
            f"{AT}.batch: expected at most 20, as `Sku` in the WSDL, found 50",
        ),
        (
            lookup(match="none"),
            f"{AT}.match: expected `batch: 1` where rows do not hold their key, found `batch: 20`",
        ),
        (
            lookup(rows="Items.Itm"),
            f"{AT}.rows: expected a name in Items with Item, found `Itm`; did you mean `Item`?",
        ),
        (
            lookup(rows="Items[0]"),
            f"{AT}.rows: expected a path of element names, such as `Customers.Customer`, found `Items[0]`",
        ),
        (
            {"lookup": {"ean": BY_SKU}},
            "entities.Item.lookup.ean: expected `ean` among `fields` or `keys`: rows find their key by it,"
            " found no such field; or `match: none` with `batch: 1`",
        ),
        (
            fields(name="Nam"),
            f"entities.Item.fields.name: expected a name in {ITEM}, found `Nam`; did you mean `Name`?",
        ),
        (
            fields(size={"from": "@siz"}),
            f"entities.Item.fields.size.from: expected an attribute of {ITEM}, found `@siz`; did you mean `@size`?",
        ),
        (
            fields(first="Tag"),
            "entities.Item.fields.first: expected an element that occurs once, found `Tag`, which may occur"
            " several times; `Tag[0]` is the first; `each` is for a list",
        ),
        (
            fields(ean="Code[?\"@kind\"=='EAN'].Value"),
            "entities.Item.fields.ean: expected one value, found all that fit; `| [0]` behind it is the first;"
            " `each` is for a list",
        ),
        (
            fields(ean="Code[0]"),
            "entities.Item.fields.ean: expected an element with a plain value, found Code with Value, @kind; go"
            " on to one of them",
        ),
        (
            fields(ean="Code[?"),
            "entities.Item.fields.ean: expected a path or a JMESPath expression, found `Code[?`;"
            ' in an expression attributes stand in quotes: "@name"',
        ),
        (
            fields(parts={"each": "Parts", "fields": {"sku": "Sku"}}),
            f"entities.Item.fields.parts.each: expected a name in {ITEM}, found `Parts`; did you mean `Part`?",
        ),
        (
            fields(parts={"each": "Part", "fields": {"sku": "Sky"}}),
            f"entities.Item.fields.parts.fields.sku: expected a name in {PART}, found `Sky`; did you mean `Sku`?",
        ),
        (
            {"search": {"all": {"operation": "GetItems", "rows": "Items.Item", "total": "Cont"}}},
            "entities.Item.search.all.total: expected a name in GetItemsResponse with Items, Count, found"
            " `Cont`; did you mean `Count`?",
        ),
        (
            {"search": {"all": {"operation": "GetItems", "rows": "Items.Item", "lookup": "sk"}}},
            "entities.Item.search.all.lookup: expected a lookup of this entity, found `sk`; did you mean `sku`?",
        ),
        (
            {"search": {"all": {"operation": "GetItems", "rows": "Items.Item", "arguments": {"Skip": "$offset"}}}},
            "entities.Item.search.all.arguments: expected `$first` beside `$offset`, found only `$offset`",
        ),
        (
            {"search": {"all": {"operation": "GetItems", "rows": "Items.Item", "arguments": {"Skip": "$ofset"}}}},
            "entities.Item.search.all.arguments.Skip: expected one of `$after.name`, `$filter.name`,"
            " `$first`, `$offset`, `$start`, found `$ofset`; `$$` is a dollar sign",
        ),
        (
            lookup(arguments={"Sku": "$keys", "client": "$token"}),
            f"{AT}.arguments.client: expected one of `$argument.name`, `$key`, `$key.0`, `$keys`, found"
            " `$token`; `$$` is a dollar sign",
        ),
        (
            lookup(arguments={"Sku": "$keys", "flags": "$argument.flags"}),
            f"{AT}.arguments: expected the content of {REQUEST}, found $argument.flags stands where no text can be",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(
    tmp_path: Path, words: dict[str, Any], expected: str
) -> None:
    assert only(source(write(tmp_path), words)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"service": "Shoq"}, "service: expected one of Shop, found Shoq; leave it out to take the first"),
        ({"port": "Port13"}, "port: expected one of Port, Port12, found Port13; leave it out to take the first"),
        (
            {"port": "Port12", "soap": "1.1"},
            "soap: expected one of 1.2, found 1.1; leave it out to take the first",
        ),
        (
            {"endpoint": "ftp://shop"},
            "endpoint: expected an http:// or https:// address without user and password, found another",
        ),
        (
            {"endpoint": "http://me:secret@shop"},
            "endpoint: expected an http:// or https:// address without user and password, found another",
        ),
        (
            {"headers": {"Sesion": {"Id": "x"}}},
            "headers.Sesion: expected a header part of a registered operation, found `Sesion`;"
            " as XML it goes out with every message",
        ),
        (
            {"headers": {"Session": {"Ident": "x"}}},
            "headers.Session.Ident: expected a name of Session with Id, found `Ident`",
        ),
        (
            {"auth": {"login": {**LOGIN, "operation": "Logon"}}},
            "auth.login.operation: expected one of GetItems, Login, found `Logon`; did you mean `Login`?",
        ),
        (
            {"auth": {"login": {**LOGIN, "token": "Tokn"}}},
            "auth.login.token: expected a name in LoginResponse with Token, found `Tokn`; did you mean `Token`?",
        ),
        (
            {"auth": {"login": {**LOGIN, "arguments": {"User": "dock"}}}},
            "auth.login.arguments: expected the content of Login with User, Password, found Missing element"
            " Password (Login.Password)",
        ),
        ({"encoding": "klingon"}, "encoding: expected a text encoding such as cp1252, found `klingon`"),
        ({"fault_code": "a[0]"}, "fault_code: expected a path of element names, found `a[0]`"),
    ],
)
def test_mistakes_of_the_source_itself_are_told_as_well(tmp_path: Path, words: dict[str, Any], expected: str) -> None:
    assert only(source(write(tmp_path), **words)) == expected


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    words = {**fields(name="Nam", colour="Colour"), **lookup(operation="GetItem")}
    words["search"] = {"all": {"operation": "GetItems", "rows": "Item"}}
    found = problems(source(write(tmp_path), words, headers={"X": 1}, time_zone="Mars/Olympus"))
    assert {problem.path for problem in found} == {
        ("time_zone",),
        ("headers", "X"),
        ("entities", "Item", "fields", "colour"),
        ("entities", "Item", "lookup", "sku", "operation"),
        ("entities", "Item", "search", "all", "rows"),
    }


def test_a_wsdl_that_cannot_be_read_does_not_hide_other_mistakes(tmp_path: Path) -> None:
    found = problems(source(write(tmp_path, "<definitions>"), fields(colour="Colour")))
    assert [problem.path for problem in found] == [("wsdl",), ("entities", "Item", "fields", "colour")]


def test_nothing_is_checked_where_the_wsdl_does_not_tell(tmp_path: Path) -> None:
    schema = (Path(write(tmp_path)).parent / "shop.xsd").read_text()
    wsdl = write(tmp_path, schema=schema.replace('name="Item" type="s:Item"', 'name="Item" type="xsd:anyType"'))
    KIND.build(source(wsdl, fields(name="Whatever.Goes", first="Tag")), TYPES)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"auth": {}}, "expected one of wsse, x509, hmac, login"),
        ({"auth": {"wsse": {"username": "u", "password": "p", "nonce": "n"}}}, "Extra inputs"),
        ({"faults": {"X": "gone"}}, "'missing', 'rejected', 'overloaded', 'unavailable' or 'relogin'"),
        ({"soap": "1.3"}, "'1.1' or '1.2'"),
    ],
)
def test_words_that_are_none_are_refused(tmp_path: Path, words: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        source(write(tmp_path), **words)


async def test_the_address_is_the_wsdl_s_unless_another_is_registered(tmp_path: Path) -> None:
    shop = Shop(answering(items()))
    await shop.adapter(source(write(tmp_path), endpoint=None)).lookup(Lookup("Item", "sku", ["A"], frozenset({"name"})))
    assert shop.heard[0].host == "inside.example.test"


async def test_the_first_soap_port_is_taken(tmp_path: Path) -> None:
    swapped = WSDL.replace('binding="s:Binding"', 'binding="s:Swap"').replace(
        'binding="s:Binding12"', 'binding="s:Binding"'
    )
    shop = Shop(answering(items()))
    wsdl = write(tmp_path, swapped.replace('binding="s:Swap"', 'binding="s:Binding12"'))
    await shop.adapter(source(wsdl, port="Port12")).lookup(Lookup("Item", "sku", ["A"], frozenset({"name"})))
    assert shop.heard[0].headers["content-type"].startswith("text/xml")
