"""The loyalty scheme: an outside provider's REST service, which knows cards and their holders, and no customers.

Its habits: it wants an API key and says nothing when that is wrong, answers an object keyed by card that
turns into an empty list when no card is known, and writes points as text. It finds holders by card, by e-mail
address without regard to case, or by telephone number as E.164 has it.
"""

from hmac import compare_digest
from json import JSONDecodeError

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from .calls import Calls
from .replies import Json
from .world import World
from .world.accounts import Account
from .world.identities import Member

Row = dict[str, object]

KEY = "demo-loyalty-key"
MOST = 50
TIERS = {"gold": "G", "silver": "S", "base": "B"}


def app(world: World, latency: float = 0.0, key: str = KEY) -> ASGIApp:
    desk = Desk(world, key)
    routes = [
        Route("/accounts/query", desk.query, methods=["POST"]),
        Route("/members/query", desk.members, methods=["POST"]),
    ]
    return Calls(Starlette(routes=routes), latency)


class Desk:
    """Every account and every member is ready to be sent."""

    def __init__(self, world: World, key: str) -> None:
        self.key = key.encode()
        self.accounts = {card: account_row(account) for card, account in world.accounts.items()}
        members = [member_row(member) for member in world.members.values()]
        self.by = {name: {str(row[name]).casefold(): row for row in members} for name in ("card", "mail", "phone")}

    async def query(self, request: Request) -> Response:
        if not self.knows(request):
            return PlainTextResponse("", status_code=401)
        asked = texts("cards", await content(request))
        return Json({"accounts": {card: self.accounts[card] for card in asked if card in self.accounts} or []})

    async def members(self, request: Request) -> Response:
        if not self.knows(request):
            return PlainTextResponse("", status_code=401)
        asked = await content(request)
        rows = self.by.get(str(asked.get("by")))
        if rows is None:
            raise HTTPException(400, "by: card, mail or phone is expected")
        found = [rows[value.casefold()] for value in texts("values", asked) if value.casefold() in rows]
        return Json({"members": sorted(found, key=lambda row: str(row["card"]))})

    def knows(self, request: Request) -> bool:
        return compare_digest(request.headers.get("X-Api-Key", "").encode(), self.key)


async def content(request: Request) -> dict[str, object]:
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        raise HTTPException(400, "not JSON") from None
    return body if isinstance(body, dict) else {}


def texts(name: str, body: dict[str, object]) -> list[str]:
    asked = body.get(name)
    if not isinstance(asked, list) or not all(isinstance(text, str) for text in asked):
        raise HTTPException(400, f"{name}: a list of texts is expected")
    if len(asked) > MOST:
        raise HTTPException(400, f"{name}: at most {MOST}")
    return asked


def account_row(account: Account) -> Row:
    return {
        "pts": str(account.points),
        "tier": TIERS[account.tier],
        "since": str(account.opened),
        "expiring": [{"pts": str(row.points), "on": str(row.on)} for row in account.expiring],
        "vouchers": [
            {
                "no": voucher.code,
                "val": f"{voucher.cents // 100}.{voucher.cents % 100:02d}",
                "cur": voucher.currency,
                "until": str(voucher.valid_until),
                "used": "Y" if voucher.used else "N",
            }
            for voucher in account.vouchers
        ],
    }


def member_row(member: Member) -> Row:
    return {
        "card": member.card,
        "first": member.first_name,
        "last": member.last_name,
        "mail": member.email,
        "phone": member.phone,
    }
