"""What of a registration is masked wherever it is shown."""

from __future__ import annotations

from adapters.rest.registration import RestSource
from adapters.secrets import MASK, secrets_of

REGISTRATION = RestSource.model_validate(
    {
        "source": "shop",
        "role": "PIM",
        "kind": "rest",
        "url": "http://shop.example.test",
        "auth": {"basic": {"username": "crossdock", "password": "open sesame"}},
        "constants": {"field": "Item_No", "tenant": "t-4711"},
        "entities": {
            "Product": {
                "fields": {"code": "Item_No", "name": "Title"},
                "lookup": {"code": {"get": "/items{?code*}", "rows": "items"}},
            }
        },
    }
)


def test_what_is_declared_secret_is_masked() -> None:
    secrets = secrets_of(REGISTRATION)
    assert secrets.masked("open sesame, t-4711") == f"{MASK}, {MASK}"
    assert secrets.are_in("it was 'open sesame'")


def test_a_name_that_the_mapping_reads_is_none() -> None:
    """Masked, it would make a reply unreadable: ``<***>A-1</***>``."""
    text = '<Item_No>A-1</Item_No> {"Item_No": "A-1"}'
    assert secrets_of(REGISTRATION).masked(text) == text
