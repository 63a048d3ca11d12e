"""A small shop over REST that can be told to break the contract in one of many ways."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PASSWORD = "hunterswood"
CODES = [f"P{number:02}" for number in range(1, 13)]
SIZE = 5
"""Records of a page, whatever was asked, with the defect ``ignores the limit``."""

SOURCE = f"""\
source: shop
role: PIM
kind: rest
url: ${{SHOP_URL}}
auth: {{basic: {{username: svc, password: {PASSWORD}}}}}
errors: {{when: "body.status == 'ERR'", message: body.text}}
entities:
  Product:
    key: code
    fields: {{code: code, name: name}}
    lookup:
      code: {{get: "/products/batch{{?code*}}", rows: items, batch: 6}}
      name: {{get: "/products/named/{{name}}", batch: 1, match: none}}
    search:
      products:
        get: "/products{{?page,size}}"
        rows: items
        total: total
        page: {{number: page, size: size}}
  Variant:
    key: sku
    fields: {{sku: sku, name: name}}
    keys: {{productCode: code}}
    lookup:
      productCode: {{get: "/variants{{?productCode*}}", rows: items, many: true}}
"""

DEFECTS = {
    "mixes rows": "a batch is the same as single keys",
    "drops keys": "known keys are found under their own key",
    "goes by the order of keys": "the order of keys does not matter",
    "mixes calls": "calls at the same time are the same as one by one",
    "answers another's record": "an unknown key is in neither mapping",
    "takes a key for a pattern": "odd keys mean nothing but themselves",
    "fails for an unknown key": "an unknown key is in neither mapping",
    "leaks a password": "nothing secret is in an error",
    "repeats a page": "pages of any size cover everything once",
    "ignores the limit": "pages of any size cover everything once",
    "loses the last of a page": "pages of any size cover everything once",
    "shows one twice": "no record comes twice",
    "miscounts": "the total counts everything",
    "gives children to another parent": "a batch is the same as single keys",
}
"""What the system can do wrong, and the check that must find it."""


class Shop:
    """``defect``: one of ``DEFECTS``, or none."""

    def __init__(self) -> None:
        self.defect = ""
        self.latest = ""
        self.app = Starlette(
            routes=[
                Route("/products/batch", self.batch),
                Route("/products/named/{name}", self.named),
                Route("/products", self.page),
                Route("/variants", self.variants),
            ]
        )

    async def batch(self, request: Request) -> Response:
        asked = request.query_params.getlist("code")
        if self.defect == "mixes calls":
            self.latest = ",".join(asked)
            await asyncio.sleep(0.002)
            asked = self.latest.split(",")
        unknown = [code for code in asked if code not in CODES]
        if unknown and self.defect == "fails for an unknown key":
            return JSONResponse({"status": "ERR", "text": "no such product"}, 500)
        if unknown and self.defect == "leaks a password":
            return JSONResponse({"status": "ERR", "text": f"not found as svc with {PASSWORD}"}, 500)
        if self.defect == "drops keys":
            asked = asked[:3]
        rows = [product(code) for code in asked if code in CODES]
        if self.defect == "mixes rows" and len(rows) > 1:
            names = [row["name"] for row in rows]
            rows = [row | {"name": name} for row, name in zip(rows, names[1:] + names[:1], strict=True)]
        if self.defect == "goes by the order of keys" and rows:
            rows[0] = rows[0] | {"name": f"First, {rows[0]['name']}"} if asked != sorted(asked) else rows[0]
        return JSONResponse({"items": rows})

    async def named(self, request: Request) -> Response:
        name = request.path_params["name"]
        code = name.removeprefix("Product ")
        if code not in CODES and self.defect == "answers another's record":
            code = CODES[0]
        if name in ("%", "*") and self.defect == "takes a key for a pattern":
            code = CODES[0]
        return JSONResponse(product(code)) if code in CODES else Response(status_code=404)

    async def page(self, request: Request) -> Response:
        number, size = (int(request.query_params[name]) for name in ("page", "size"))
        codes = [*CODES[:4], *CODES[3:]] if self.defect == "shows one twice" else CODES
        if self.defect == "ignores the limit":
            size = SIZE
        if self.defect == "repeats a page" and number == 2:
            number = 1
        shown = codes[(number - 1) * size : number * size]
        if self.defect == "loses the last of a page" and len(shown) > 1:
            shown = shown[:-1]
        total = len(CODES) + 1 if self.defect == "miscounts" else len(codes)
        return JSONResponse({"items": [product(code) for code in shown], "total": total})

    async def variants(self, request: Request) -> Response:
        asked = request.query_params.getlist("productCode")
        rows = [variant(code, size) for code in asked if code in CODES for size in "SM"]
        if self.defect == "gives children to another parent" and len(asked) > 1:
            rows = [row | {"code": asked[0]} for row in rows]
        return JSONResponse({"items": rows})


def product(code: str) -> dict[str, Any]:
    return {"code": code, "name": f"Product {code}"}


def variant(code: str, size: str) -> dict[str, Any]:
    return {"sku": f"{code}-{size}", "name": f"Size {size}", "code": code}


def registered(folder: Path) -> Path:
    """A configuration folder with the shop."""
    (folder / "gateway.yaml").write_text("title: Shop\n")
    (folder / "sources").mkdir()
    (folder / "sources" / "shop.yaml").write_text(SOURCE)
    return folder
