"""One person in several systems: who else has a record of a customer, under which key, and what was linked by hand.

The CRM has some people twice. The loyalty scheme knows more cards than the CRM has noted. The tills keep clients under
numbers of their own, with whatever they were told at the counter. People at the call centre have decided some cases.
"""

from dataclasses import dataclass, replace
from itertools import islice

from .draw import Draw
from .people import Customer, ascii_name, card

TWICE = 40  # people whom the CRM has twice
UNNOTICED = 5  # of one in so many nobody has noticed it yet
MISHEARD = 60  # clients by whose e-mail nobody finds them; one in so many without a card
SHARED = 12  # clients with the telephone of somebody else's household


@dataclass(slots=True, frozen=True)
class Member:
    """The loyalty scheme's record, by card; telephone numbers are digits behind a plus. ``customer``: whose it is."""

    card: str
    first_name: str
    last_name: str
    email: str
    phone: str | None
    customer: int


@dataclass(slots=True, frozen=True)
class Client:
    """The tills' record. ``customer``: whose it is, which the tills do not know; none of a stranger."""

    number: str
    card: str | None
    email: str | None
    phone: str | None
    store: str
    customer: int | None


@dataclass(slots=True, frozen=True)
class Link:
    """What somebody decided: the record of a system is that customer's, or is not."""

    source: str
    value: str
    customer: int
    linked: bool
    why: str


def second_registrations(customers: list[Customer]) -> tuple[list[Customer], dict[int, int]]:
    """The customers, of whom some of the last ones are people who had been registered before; and as whom."""
    seconds = [each for each in customers if not each.card and each.kind == "person"][-TWICE:]
    firsts = [each for each in customers[100:] if each.card and each.kind == "person"][:TWICE]
    again = {second.number: again_as(first, second) for first, second in zip(firsts, seconds, strict=True)}
    twins = {second.number: first.number for first, second in zip(firsts, seconds, strict=True)}
    return [again.get(customer.number, customer) for customer in customers], twins


def again_as(first: Customer, second: Customer) -> Customer:
    """With the address of another provider, and no word of a card."""
    email = f"{ascii_name(first.first_name)}.{second.number}@mail.example.test"
    return replace(
        second,
        first_name=first.first_name,
        last_name=first.last_name,
        email=email,
        birth_date=first.birth_date,
        locale=first.locale,
    )


def draw_members(seed: int, customers: list[Customer], twins: dict[int, int]) -> list[Member]:
    """One for each card in the CRM, and for cards of which the CRM was never told."""
    draw = Draw(seed, "members")
    return [
        member(draw, customer)
        for customer in customers
        if customer.card or (customer.number not in twins and draw.chance(0.2))
    ]


def member(draw: Draw, customer: Customer) -> Member:
    phone = digits(customer.phone) or (f"+49555{draw.digits(7)}" if draw.chance(0.6) else None)
    email = customer.email
    if customer.card and draw.chance(0.05):
        email = email.replace("@", "@old.")
    number = customer.card or card(customer.number)
    return Member(number, customer.first_name, customer.last_name, email, phone, customer.number)


def draw_clients(
    seed: int, customers: list[Customer], twins: dict[int, int], stores: list[str]
) -> tuple[list[Client], list[Link]]:
    """By number; and what was decided of those whom no rule finds, or finds wrongly."""
    draw = Draw(seed, "clients")
    clients: list[Client] = []
    links: list[Link] = []
    for customer in customers:
        if customer.number in twins or not draw.chance(0.8 if customer.card else 0.4):
            continue
        found = client(draw, f"T-{len(clients) + 1:05}", customer, stores)
        if not customer.card and len(clients) % MISHEARD == 0:
            found = replace(found, email=f"misheard.{customer.number}@example.test", phone=None)
            links.append(Link("pos", found.number, customer.number, True, "asked at the counter"))
        clients.append(found)
    known = {each.customer for each in clients}
    others = (customer for customer in customers[100:] if customer.phone and customer.number not in known)
    for customer in islice(others, SHARED):
        number, phone = f"T-{len(clients) + 1:05}", digits(customer.phone)
        clients.append(Client(number, None, f"other.{customer.number}@example.test", phone, draw.pick(stores), None))
        links.append(Link("pos", number, customer.number, False, "another of the household"))
    return clients, links


def client(draw: Draw, number: str, customer: Customer, stores: list[str]) -> Client:
    """Without a card, an e-mail address or a telephone number, or nobody would be found."""
    told = draw.chance(0.6)
    email = customer.email if told or not (customer.card or customer.phone) else None
    phone = digits(customer.phone) if not told or draw.chance(0.5) else None
    return Client(
        number, customer.card, email, phone, customer.preferred_location or draw.pick(stores), customer.number
    )


def digits(phone: str | None) -> str | None:
    return phone.replace(" ", "") if phone else None


def draw_links(twins: dict[int, int]) -> list[Link]:
    """Of whom the CRM has twice: most were noticed."""
    return [
        Link("crm", f"C{second:06}", first, True, "registered twice")
        for place, (second, first) in enumerate(sorted(twins.items()))
        if place % UNNOTICED
    ]
