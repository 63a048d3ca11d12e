"""What clients send, over a schema that was built from the SDL."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal as Number
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, graphql_sync
from hypothesis import given
from hypothesis import strategies as st

from resolvers.graph import declared_sdl
from resolvers.scalars import SCALARS, Decimal, canonical_decimal, canonical_instant, read_inputs

SDL = """
scalar Decimal scalar DateTime scalar Date scalar Currency scalar Country scalar Locale scalar JSON scalar Other
type Query {
  read(decimal: Decimal, instant: DateTime, day: Date, currency: Currency, country: Country, locale: Locale, json: JSON,
       other: Other): String
}
"""


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    built = build_schema(SDL)
    read_inputs(built)
    return built


def read(schema: GraphQLSchema, argument: str, literal: str) -> Any:
    """What a resolver gets for a literal."""
    got: list[Any] = []
    assert schema.query_type is not None
    schema.query_type.fields["read"].resolve = lambda _root, _info, **given: got.append(given[argument])
    result = graphql_sync(schema, f"{{ read({argument}: {literal}) }}")
    if result.errors:
        raise result.errors[0]
    return got[0]


@pytest.mark.parametrize(
    ("argument", "literal", "canonical"),
    [
        ("decimal", '"12.50"', "12.5"),
        ("decimal", '"012"', "12"),
        ("decimal", "12", "12"),
        ("decimal", "-3", "-3"),
        ("decimal", '"+0.10"', "0.1"),
        ("decimal", '"-0.00"', "0"),
        ("instant", '"2026-11-21T23:57:33+01:00"', "2026-11-21T22:57:33Z"),
        ("instant", '"2026-11-21t22:57:33.250z"', "2026-11-21T22:57:33.25Z"),
        ("instant", '"2026-11-21 22:57:30-00:00"', "2026-11-21T22:57:30Z"),
        ("day", '"2028-02-29"', "2028-02-29"),
        ("currency", '"CHF"', "CHF"),
        ("country", '"DE"', "DE"),
        ("locale", '"DE-ch"', "de-CH"),
        ("locale", '"zh-hant-tw"', "zh-Hant-TW"),
        ("json", "{a: [1, true]}", {"a": [1, True]}),
        ("other", "1.5", 1.5),
    ],
)
def test_a_value_becomes_canonical(schema: GraphQLSchema, argument: str, literal: str, canonical: object) -> None:
    assert read(schema, argument, literal) == canonical


@pytest.mark.parametrize(
    ("argument", "literal"),
    [
        ("decimal", "1.5"),
        ("decimal", "true"),
        ("decimal", '"1e3"'),
        ("decimal", '"1,50"'),
        ("decimal", '""'),
        ("decimal", '"\\u0661"'),  # an Arabic digit one
        ("decimal", "1" * 31),
        ("decimal", "1" * 5000),
        ("decimal", '"NaN"'),
        ("instant", '"2026-11-21T23:57:33"'),
        ("instant", '"2026-11-21"'),
        ("instant", '"2026-02-30T00:00:00Z"'),
        ("instant", '"0001-01-01T00:00:00+14:00"'),
        ("instant", "1732229853"),
        ("day", '"2026-02-29"'),
        ("day", '"20261121"'),
        ("currency", '"eur"'),
        ("country", '"DEU"'),
        ("locale", '"de_CH"'),
    ],
)
def test_a_wrong_value_is_refused_with_what_was_expected(schema: GraphQLSchema, argument: str, literal: str) -> None:
    with pytest.raises(Exception, match=r"expected (a|an|two|three) "):
        read(schema, argument, literal)


def test_a_variable_is_read_like_a_literal(schema: GraphQLSchema) -> None:
    got: list[Any] = []
    assert schema.query_type is not None
    schema.query_type.fields["read"].resolve = lambda _root, _info, **given: got.append(given)
    document = "query ($d: Decimal, $t: DateTime) { read(decimal: $d, instant: $t) }"
    result = graphql_sync(schema, document, variable_values={"d": "1.0", "t": "2026-11-21T01:00:00+01:00"})
    assert result.errors is None
    assert got == [{"decimal": "1", "instant": "2026-11-21T00:00:00Z"}]
    refused = graphql_sync(schema, document, variable_values={"d": 1.5})
    assert refused.errors is not None
    assert 'expected a number as text, such as "12.50"' in refused.errors[0].message
    assert refused.errors[0].locations


def test_every_scalar_of_the_graph_is_read() -> None:
    for scalar in SCALARS.values():
        assert f"scalar {scalar.name}\n" in declared_sdl()


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20))
def test_a_decimal_keeps_its_value_and_has_one_form(number: Number) -> None:
    text = SCALARS[Decimal].read(f"{number:f}")
    assert Number(text) == number
    assert canonical_decimal(text) == text


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=OFFSETS))
def test_an_instant_keeps_its_place_in_time(at: datetime) -> None:
    text = canonical_instant(at.isoformat())
    assert datetime.fromisoformat(text) == at
    assert canonical_instant(text) == text
