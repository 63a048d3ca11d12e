"""What sources may know of a record that is not in the graph: the ways from one system to another.

A registration gives them under ``keys:``. They are never served.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HIDDEN_KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "Product": {
        "categoryCode": "String",  # the category a search below categories found it in
        "categoryCodes": "[String!]",
        "relations": "[Relation!]",
    },
    "Variant": {"productCode": "String", "barcode": "String"},
    "Category": {"parentCode": "String", "ancestorCodes": "[String!]"},
    "Price": {"sku": "String", "locationCode": "String"},
    "Customer": {
        "loyaltyCard": "String",
        "preferredLocationCode": "String",
        "externalId": "String",  # a source's own key, where it is none of the others
    },
    "Order": {
        "customerNumber": "String",
        "soldAtCode": "String",
        "storeCode": "String",  # of a till receipt, as all that follow
        "workstation": "String",
        "sequence": "String",
        "businessDay": "Date",
    },
    "Media": {"productCode": "String", "sku": "String"},
    "OrderLine": {"orderNumber": "String"},
    "Payment": {"orderNumber": "String"},
    "Fulfilment": {"orderNumber": "String", "fromCode": "String", "pickupAtCode": "String"},
    "FulfilmentLine": {"orderNumber": "String", "fulfilmentId": "String"},
}
"""Type -> key -> its type, in the words of the graph."""

INTERNAL_TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "Relation": {"kind": "RelationKind!", "code": "String!"},
    "IdentityLink": {"source": "String!", "value": "String!", "key": "String!", "linked": "Boolean"},
}
"""The object types of hidden keys, and those that only the gateway itself asks for: name -> field -> its type."""
