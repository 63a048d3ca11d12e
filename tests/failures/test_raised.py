"""What a stored procedure raises is a refusal, in the code that each database has for it."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import create_engine

from adapters.spi import Rejected
from adapters.sql.errors import source_error
from tests.failures.stock import PERSON


@pytest.mark.parametrize("code", ["P0001", "45000", "ORA-20001"])
def test_what_a_procedure_raises_is_rejected(code: str) -> None:
    error = sqlite3.DatabaseError(code, f"no credit for {PERSON}, customer C000017 (limit reached)")
    found = source_error(error, create_engine("sqlite://").dialect, "erp", "a lookup", "select 1", ())
    assert type(found) is Rejected
    assert found.detail == f"a lookup: DatabaseError {code}: no credit for ? customer ? (limit reached)"
