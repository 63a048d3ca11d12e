"""The three ways in which systems break the oldest rule of batching: rows in another order, rows twice, rows missing.

Planted in a REST server and in a database view; the adapters must survive them alike.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from adapters import rest, sql
from adapters.spi import Adapter, Lookup
from gateway.graph import declared_graph
from tests.serving import serving

KEYS = [f"K{number:02}" for number in range(1, 21)]
LOST = {"K03", "K17"}
TWICE = {"K05", "K11"}


def faulty_rows(asked: list[str]) -> list[dict[str, str]]:
    """Backwards, without the lost ones, and with a second, wrong row for some."""
    rows = [{"code": key, "name": f"Name of {key}"} for key in reversed(asked) if key in KEYS and key not in LOST]
    return rows + [{"code": key, "name": "wrong"} for key in asked if key in TWICE]


async def categories(request: Request) -> JSONResponse:
    return JSONResponse({"items": faulty_rows(request.query_params.getlist("code"))})


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving(Starlette(routes=[Route("/categories", categories)])) as address:
        yield address


def over_rest(server: str) -> Adapter:
    registration = rest.KIND.registration.model_validate(
        {
            "source": "faulty",
            "role": "PIM",
            "kind": "rest",
            "url": server,
            "entities": {
                "Category": {
                    "key": "code",
                    "fields": {"code": "code", "name": "name"},
                    "lookup": {"code": {"get": "/categories{?code*}", "rows": "items"}},
                }
            },
        }
    )
    return rest.KIND.build(registration, declared_graph().types)


def over_sql(tmp_path: Path) -> Adapter:
    engine = create_engine(f"sqlite:///{tmp_path}/faulty.sqlite")
    with engine.begin() as connection:
        connection.execute(text("create table T (N integer primary key, CODE text, NAME text)"))
        for row in faulty_rows(KEYS):
            connection.execute(text("insert into T (CODE, NAME) values (:code, :name)"), row)
        connection.execute(text("create view CATEGORIES as select CODE, NAME from T order by N"))
    engine.dispose()
    registration = sql.KIND.registration.model_validate(
        {
            "source": "faulty",
            "role": "PIM",
            "kind": "sql",
            "url": f"sqlite:///{tmp_path}/faulty.sqlite",
            "entities": {
                "Category": {
                    "key": "code",
                    "table": "CATEGORIES",
                    "fields": {"code": "CODE", "name": "NAME"},
                    "lookup": {"code": {}},
                }
            },
        }
    )
    return sql.KIND.build(registration, declared_graph().types)


@pytest.fixture(params=["rest", "sql"])
async def adapter(request: pytest.FixtureRequest, server: str, tmp_path: Path) -> AsyncIterator[Adapter]:
    adapter = over_rest(server) if request.param == "rest" else over_sql(tmp_path)
    yield adapter
    await adapter.aclose()


async def test_right_rows_for_right_keys(adapter: Adapter, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "crossdock.source"):
        result = await adapter.lookup(Lookup("Category", "code", KEYS, frozenset({"code", "name"})))
    assert result.failed == {}
    assert set(result.found) == set(KEYS) - LOST
    for key, record in result.found.items():
        assert record.values == {"code": key, "name": f"Name of {key}"}
    reports = [record.getMessage() for record in caplog.records if record.name == "crossdock.source"]
    assert len(reports) == 1, "one line for the call"
    assert "2" in reports[0]
    assert "wrong" not in reports[0], "no values"
