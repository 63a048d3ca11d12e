"""The loyalty scheme: an outside provider's REST service, which knows cards and no customers.

Its habits: it wants an API key and says nothing when that is wrong, answers an object keyed by card that
turns into an empty list when no card is known, and writes points as text.
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

Row = dict[str, object]

KEY = "demo-loyalty-key"
MOST = 50
TIERS = {"gold": "G", "silver": "S", "base": "B"}


def app(world: World, latency: float = 0.0, key: str = KEY) -> ASGIApp:
    desk = Desk(world, key)
    return Calls(Starlette(routes=[Route("/accounts/query", desk.query, methods=["POST"])]), latency)


class Desk:
    """Every account is ready to be sent."""

    def __init__(self, world: World, key: str) -> None:
        self.key = key.encode()
        self.accounts = {card: account_row(account) for card, account in world.accounts.items()}

    async def query(self, request: Request) -> Response:
        if not compare_digest(request.headers.get("X-Api-Key", "").encode(), self.key):
            return PlainTextResponse("", status_code=401)
        asked = await cards(request)
        return Json({"accounts": {card: self.accounts[card] for card in asked if card in self.accounts} or []})


async def cards(request: Request) -> list[str]:
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        raise HTTPException(400, "not JSON") from None
    asked = body.get("cards") if isinstance(body, dict) else None
    if not isinstance(asked, list) or not all(isinstance(card, str) for card in asked):
        raise HTTPException(400, "cards: a list of card numbers is expected")
    if len(asked) > MOST:
        raise HTTPException(400, f"cards: at most {MOST}")
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
