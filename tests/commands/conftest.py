from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.commands.back_office import BackOffice
from tests.retail.running import CHECKOUT

SOURCE = """\
source: pim
role: PIM
kind: sql
url: "sqlite:///{database}"
entities:
  Product:
    key: code
    table: PRODUCT
    fields: {{code: CODE, name: TITLE}}
    lookup: {{code: {{}}}}
"""


@pytest.fixture(scope="session")
def retailer() -> Iterator[BackOffice]:
    """The systems of the demo, running."""
    with BackOffice(CHECKOUT, 0.0, ()) as office:
        yield office


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A configuration folder with one system: a database of one product."""
    database = tmp_path / "shop.db"
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("create table PRODUCT (CODE text primary key, TITLE text)")
        connection.execute("insert into PRODUCT values ('P1', 'Shirt')")
    connection.close()
    (tmp_path / "gateway.yaml").write_text("title: Shop\n")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "pim.yaml").write_text(SOURCE.format(database=database))
    return tmp_path
