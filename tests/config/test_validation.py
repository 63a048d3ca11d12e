"""What does not fit the models: each mistake at its line, once, with the nearest right word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.config.problems import ConfigurationError
from tests.config.folder import CRM, folder, read, report

CUSTOMER = "entities: {{Customer: {{{}}}}}\n"


SEVERAL = re.compile(r"one of (\w+, )+\w+(?=, found)")


def lines(path: Path, words: str, **environ: str) -> list[str]:
    """The report on a source with these words behind the required ones, without file, line and what else is known."""
    found = report(folder(path, sources={"crm": CRM + words}), **environ)
    return [SEVERAL.sub("one of …", line.split(" ", 1)[1]) for line in found]


@pytest.mark.parametrize(
    ("gateway", "line"),
    [
        ("version: 2", "1:1 version: expected one of 1, found 2"),
        ("title: 5", "1:1 title: expected a text, found 5; put it in quotes"),
        ("title:", "1:1 title: expected a text, found nothing"),
        ("title: [a]", "1:1 title: expected a text, found a list"),
        ("limits: many", "1:1 limits: expected a mapping, found many"),
        ("limits: {deadline: 5}", "1:10 limits.deadline: expected a duration such as 250ms, 2s, 5m, 1h or 1d, found 5"),
        ("limits: {deadline: 0s}", "1:10 limits.deadline: expected a value greater than 0, found 0s"),
        ("limits: {body: 1 MB}", "1:10 limits.body: expected a size such as 4096, 512 KiB or 1 MiB, found 1 MB"),
        ("limits: {first: 0}", "1:10 limits.first: expected a value greater than 0, found 0"),
        ("limits: {first: x}", "1:10 limits.first: expected a whole number, found x"),
        ("limits: {first: 1.5}", "1:10 limits.first: expected a whole number, found 1.5"),
        ("server: {insecure: 3}", "1:10 server.insecure: expected true or false, found 3"),
        (
            "defaults: {currency: eur}",
            "1:12 defaults.currency: expected a text that matches ^[A-Z]{3}$, found eur; ISO 4217 code",
        ),
        (
            "headers: {X-Channel: chanel}",
            "1:11 headers.X-Channel: expected one of channel, currency, country, "
            "location, customer_group, locale, found chanel; did you mean `channel`?",
        ),
        (
            "headers: {'X Y': channel}",
            "1:11 headers.X Y: expected a text that matches ^[A-Za-z0-9!#$%&'*+.^_`|~-]+$, found X Y",
        ),
        (
            "routes: {product: pim}",
            "1:10 routes.product: expected a text that matches ^[A-Z]\\w*(\\.[a-z]\\w*)?$, found product",
        ),
        ("routes: {Product: 5}", "1:10 routes.Product: expected a text or a list or a mapping, found 5"),
        (
            "routes: {Price: [pricing]}",
            "1:10 routes.Price: expected a value with at least 2 items, found a list",
        ),
        (
            "routes: {Price: {fallback: [pricing, erp], mising: true}}",
            "1:44 routes.Price.mising: expected one of fallback, merge, missing, order, found mising; "
            "did you mean `missing`?",
        ),
        (
            "routes: {Order: {merge: [oms, pos], order: placedAt up}}",
            "1:37 routes.Order.order: expected a text that matches ^[a-z]\\w*( (asc|desc))?$, found placedAt up; "
            "The instant that lists are ordered by, as each of the sources orders them: `placedAt desc`",
        ),
        (
            "routes: {Order: {merge: [oms, pos], order: placedAt up}}",
            "1:37 routes.Order.order: expected a text that matches ^[a-z]\\w*( (asc|desc))?$, found placedAt up; "
            "The instant that lists are ordered by, as each of the sources orders them: `placedAt desc`",
        ),
        ("constants: {low_stock: [3]}", "1:13 constants.low_stock: expected a text, found a list"),
        ("- a\n- b", "1:1: expected a mapping, found a list"),
    ],
)
def test_settings(tmp_path: Path, gateway: str, line: str) -> None:
    assert report(folder(tmp_path, gateway)) == [f"gateway.yaml:{line}"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            "time_zon: UTC\n",
            "time_zon: expected one of …, found time_zon; did you mean `time_zone`?",
        ),
        (
            "limits: {timeout: soon}\n",
            "limits.timeout: expected a duration such as 250ms, 2s, 5m, 1h or 1d, found soon",
        ),
        (
            CUSTOMER.format("lookups: {}"),
            "entities.Customer.lookups: expected one of …, found lookups; did you mean `lookup`?",
        ),
        (CUSTOMER.format("key: 5"), "entities.Customer.key: expected a text or a list, found 5"),
        (CUSTOMER.format("fields: {a: 5}"), "entities.Customer.fields.a: expected a text or a mapping, found 5"),
        (
            CUSTOMER.format("fields: {a: {as: [trim, 1]}}"),
            "entities.Customer.fields.a.as[1]: expected a text, found 1; put it in quotes",
        ),
        (
            CUSTOMER.format("fields: {a: {fields: {b: {form: x}}}}"),
            "entities.Customer.fields.a.fields.b.form: expected a mapping, found x",
        ),
        (
            CUSTOMER.format("lookup: {number: {table: T, batch: 0}}"),
            "entities.Customer.lookup.number.batch: expected a value greater than 0, found 0",
        ),
        (
            CUSTOMER.format("lookup: {number: {query: q, timeout: x}}"),
            "entities.Customer.lookup.number.timeout: expected a duration such as 250ms, 2s, 5m, 1h or 1d, found x",
        ),
        (CUSTOMER.format("lookup: {number: T}"), "entities.Customer.lookup.number: expected a mapping, found T"),
        ("contract: none.wsdl\n", "contract: expected a file that is there, found none.wsdl"),
        ("auth: {user: a, password: b, usr: c}\n", "auth.usr: expected one of …, found usr; did you mean `user`?"),
        ("auth: {user: a}\n", "auth: expected the word password, found nothing; add password:"),
    ],
)
def test_sources(tmp_path: Path, words: str, line: str) -> None:
    assert lines(tmp_path, words) == [line]


def test_an_unknown_word_deep_in_a_recursive_model(tmp_path: Path) -> None:
    [line] = lines(tmp_path, CUSTOMER.format("fields: {a: {each: x, fields: {b: {frm: y}}}}"))
    assert line == "entities.Customer.fields.a.fields.b.frm: expected one of …, found frm; did you mean `from`?"


def test_all_known_words_are_named(tmp_path: Path) -> None:
    source = CRM + "auth: {user: a, password: b, usr: c}\n"
    [line] = report(folder(tmp_path, sources={"crm": source}))
    assert line.startswith("sources/crm.yaml:5:30 auth.usr: expected one of password, user, found usr")


def test_of_a_union_only_the_branch_that_was_meant_is_reported(tmp_path: Path) -> None:
    """A lookup by `table` with one wrong word; as a lookup by `query` it would have three mistakes."""
    [line] = lines(tmp_path, CUSTOMER.format("lookup: {number: {table: T, many: perhaps}}"))
    assert line == "entities.Customer.lookup.number.many: expected true or false, found perhaps"


def test_every_mistake_is_in_one_report_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        "title: 5\nlimits: {first: 0}\n",
        {"b": CRM.replace("crm", "b") + "x: 1\n", "a": CRM.replace("role: CRM", "role: CMR") + "y: 1\n"},
    )
    assert [line.split(" ")[0:2] for line in report(path)] == [
        ["gateway.yaml:1:1", "title:"],
        ["gateway.yaml:2:10", "limits.first:"],
        ["sources/a.yaml:2:1", "role:"],
        ["sources/a.yaml:5:1", "y:"],
        ["sources/b.yaml:5:1", "x:"],
    ]


@pytest.mark.parametrize(
    ("gateway", "position", "hint"),
    [
        ("titel: x", "1:1 titel", "found titel; did you mean `title`?"),
        ("server:\n  prot: 1", "2:3 server.prot", "found prot; did you mean `port`?"),
        ("xyzzy: 1", "1:1 xyzzy", "found xyzzy"),
    ],
)
def test_unknown_words_of_the_settings(tmp_path: Path, gateway: str, position: str, hint: str) -> None:
    [line] = report(folder(tmp_path, gateway))
    assert line.startswith(f"gateway.yaml:{position}: expected one of ")
    assert line.endswith(f", {hint}")


def test_the_report_has_a_form_for_programs(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(folder(tmp_path, "title: 5"))
    [problem] = raised.value.problems
    assert problem.as_json() == {
        "file": "gateway.yaml",
        "line": 1,
        "column": 1,
        "where": "title",
        "expected": "a text",
        "found": "5",
        "hint": "put it in quotes",
    }


@pytest.mark.parametrize(
    "words",
    [
        "limits: {timeout: '${SECRET}'}\n",
        "auth: {user: a, password: '${SECRET}', digest: '${SECRET}'}\n",
        "auth: {user: a, password: {x: canary-7}}\n",
        "auth: {user: [], password: canary-7}\n",
        "auth: canary-7\n",
        "auth: '${SECRET}'\n",
    ],
)
def test_a_report_never_shows_a_secret(tmp_path: Path, words: str) -> None:
    assert "canary-7" not in "\n".join(lines(tmp_path, words, SECRET="canary-7"))


def test_a_configuration_does_not_show_its_secrets(tmp_path: Path) -> None:
    words = "auth: {user: a, password: '${SECRET}'}\n"
    configuration = read(folder(tmp_path, sources={"crm": CRM + words}), SECRET="canary-7")
    assert "canary-7" not in repr(configuration)
    assert "crm.yaml" in repr(configuration)
